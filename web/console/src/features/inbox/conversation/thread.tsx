import { ActionIcon, Skeleton } from '@mantine/core'
import type { Message, MyConversation } from '@rapport/client'
import { IconArrowDown } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, type UIEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../../components/states'
import { sameDay } from '../../../lib/time'
import { useFormat } from '../../../lib/use-format'
import { threadQuery } from '../../../queries/conversations'
import { type Outgoing, useOutgoing } from '../composer/outbox'
import { messagesOf } from '../model/reducer'
import classes from './conversation.module.css'
import { MessageItem } from './message'
import { OutgoingItem } from './outgoing'
import { TypingLine } from './typing-line'

type Entry =
  | { key: string; kind: 'day'; at: string }
  | { key: string; kind: 'message'; message: Message; isFollowing: boolean; isSeen: boolean }
  | { key: string; kind: 'outgoing'; outgoing: Outgoing }

interface Props {
  id: string
  conversation: MyConversation | undefined
  onRestore: (body: string, kind: 'message' | 'note') => void
}

/** What was said, oldest at the top, read from the end; older messages come when one scrolls up to them. */
export function Thread({ id, conversation, onRestore }: Props) {
  const { t } = useTranslation('inbox')
  const query = useInfiniteQuery(threadQuery(id))
  const outgoing = useOutgoing(id)
  const seenSeq = conversation?.customer_seen_seq ?? 0
  const entries = useMemo(
    () => (query.data ? entriesOf(messagesOf(query.data), outgoing, seenSeq) : []),
    [query.data, outgoing, seenSeq],
  )
  if (query.isPending) return <ThreadSkeleton />
  if (query.isError && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />
  return (
    <div className={classes.threadFrame}>
      <Entries
        entries={entries}
        hasOlder={query.hasNextPage}
        isFetching={query.isFetchingNextPage}
        fetchOlder={() => void query.fetchNextPage()}
        onRestore={onRestore}
      />
      {entries.length === 0 && <p className={classes.quiet}>{t('thread.empty')}</p>}
      <TypingLine conversationId={id} />
    </div>
  )
}

/** The lines of the thread: day separators, messages, and what is still on its way. */
function entriesOf(messages: Message[], outgoing: Outgoing[], seenSeq: number): Entry[] {
  const entries: Entry[] = []
  const arrived = new Set(messages.map((message) => message.client_id))
  const lastSeen = messages.findLast(
    (message) => message.author.kind !== 'customer' && message.kind === 'message' && message.seq <= seenSeq,
  )
  let previous: Message | undefined
  for (const message of messages) {
    const isNewDay = !previous || !sameDay(previous.created_at, message.created_at)
    if (isNewDay) entries.push({ key: `day-${message.created_at.slice(0, 10)}`, kind: 'day', at: message.created_at })
    entries.push({
      // The same key as while it was on its way, so that the row stays the row.
      key: message.client_id ?? message.id,
      kind: 'message',
      message,
      isFollowing: !isNewDay && follows(previous, message),
      isSeen: message === lastSeen,
    })
    previous = message
  }
  for (const each of outgoing) {
    if (!arrived.has(each.client_id)) entries.push({ key: each.client_id, kind: 'outgoing', outgoing: each })
  }
  return entries
}

const followsWithinMs = 5 * 60_000

/** Whether the same person went on, so that their name need not be said again. */
const follows = (previous: Message | undefined, message: Message): boolean =>
  previous !== undefined &&
  previous.kind === message.kind &&
  previous.author.kind === message.author.kind &&
  previous.author.id === message.author.id &&
  Date.parse(message.created_at) - Date.parse(previous.created_at) < followsWithinMs

interface EntriesProps {
  entries: Entry[]
  hasOlder: boolean
  isFetching: boolean
  fetchOlder: () => void
  onRestore: Props['onRestore']
}

function Entries({ entries, hasOlder, isFetching, fetchOlder, onRestore }: EntriesProps) {
  const { t } = useTranslation('inbox')
  const scroller = useRef<HTMLDivElement>(null)
  const column = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (entries[index]?.kind === 'day' ? 40 : 92),
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 120,
    paddingStart: 16,
    paddingEnd: 8,
  })
  const items = virtual.getVirtualItems()
  const firstIndex = items[0]?.index ?? 0
  const { isReady, onScroll } = useEnd(entries, virtual.getTotalSize(), scroller, column, () =>
    virtual.scrollToEnd({ behavior: 'instant' }),
  )
  useEffect(() => {
    if (isReady && hasOlder && !isFetching && firstIndex < 4) fetchOlder()
  }, [isReady, hasOlder, isFetching, firstIndex, fetchOlder])
  const isAway = isReady && virtual.scrollOffset !== null && virtual.getDistanceFromEnd() > 400

  return (
    <div
      ref={scroller}
      className={classes.thread}
      onScroll={onScroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      role="log"
      aria-label={t('thread.label')}
      aria-live="off"
    >
      {isFetching && <p className={classes.quiet}>{t('thread.older')}</p>}
      <div ref={column} className={classes.column} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const entry = entries[item.index]
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={classes.entry}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {entry && <EntryView entry={entry} onRestore={onRestore} />}
            </div>
          )
        })}
      </div>
      {isAway && (
        <ActionIcon
          className={classes.toEnd}
          variant="default"
          radius="xl"
          size="lg"
          aria-label={t('thread.toEnd')}
          onClick={() => virtual.scrollToEnd()}
        >
          <IconArrowDown size={18} />
        </ActionIcon>
      )}
    </div>
  )
}

const nearEndPx = 80

/**
 * Begin at the end, and stay there while rows grow or come, unless the person has scrolled away.
 *
 * What they write themselves brings them back to the end.
 */
function useEnd(
  entries: Entry[],
  height: number,
  scroller: RefObject<HTMLElement | null>,
  column: RefObject<HTMLElement | null>,
  scroll: () => void,
) {
  const [isReady, setReady] = useState(false)
  const isAtEnd = useRef(true)
  const run = useRef(scroll)
  run.current = scroll
  const last = entries.at(-1)
  const written = last?.kind === 'outgoing' ? last.key : null

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height is the reason to look again.
  useLayoutEffect(() => {
    if (isAtEnd.current) run.current()
  }, [height])
  useEffect(() => {
    const frame = scroller.current
    if (!frame || !column.current) return
    // The last row grows with "Seen", and the frame shrinks as the composer grows: neither is a scroll.
    const sizes = new ResizeObserver(() => {
      if (isAtEnd.current) frame.scrollTop = frame.scrollHeight
    })
    sizes.observe(frame)
    sizes.observe(column.current)
    return () => sizes.disconnect()
  }, [scroller, column])
  useEffect(() => {
    if (!written) return
    isAtEnd.current = true
    run.current()
  }, [written])
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      run.current()
      setReady(true)
    })
    return () => cancelAnimationFrame(frame)
  }, [])

  const onScroll = (event: UIEvent<HTMLElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearEndPx
  }
  return { isReady, onScroll }
}

function EntryView({ entry, onRestore }: { entry: Entry; onRestore: Props['onRestore'] }) {
  if (entry.kind === 'day') return <Day at={entry.at} />
  if (entry.kind === 'outgoing') return <OutgoingItem outgoing={entry.outgoing} onRestore={onRestore} />
  return <MessageItem message={entry.message} isFollowing={entry.isFollowing} isSeen={entry.isSeen} />
}

function Day({ at }: { at: string }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const today = new Date()
  const yesterday = new Date(today.getTime() - 86_400_000)
  const label = sameDay(at, today.toISOString())
    ? t('thread.today')
    : sameDay(at, yesterday.toISOString())
      ? t('thread.yesterday')
      : format.day(at)
  return (
    <div className={classes.day}>
      <span>{label}</span>
    </div>
  )
}

const ThreadSkeleton = () => (
  <div className={classes.threadSkeleton} aria-busy="true">
    {[64, 48, 96, 56].map((height, index) => (
      <Skeleton
        key={height}
        height={height}
        width={index % 2 ? '60%' : '70%'}
        ml={index % 2 ? 'auto' : 0}
        radius={12}
      />
    ))}
  </div>
)
