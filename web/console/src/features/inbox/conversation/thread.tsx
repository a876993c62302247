import { ActionIcon, Skeleton } from '@mantine/core'
import type { MyConversation } from '@rapport/client'
import { IconArrowDown } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  lazy,
  type RefObject,
  Suspense,
  type UIEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../../components/states'
import { sameDay } from '../../../lib/time'
import { useFormat } from '../../../lib/use-format'
import { threadQuery } from '../../../queries/conversations'
import { useOutgoing } from '../composer/outbox'
import type { Restored } from '../composer/restoring'
import { messagesOf } from '../model/reducer'
import classes from './conversation.module.css'
import { type Entry, entriesOf } from './entries'
import { MissingMails } from './mail/missing'
import { useMails } from './mail/use-mails'
import { MessageItem } from './message'
import { OutgoingItem } from './outgoing'
import { TypingLine } from './typing-line'

const HeldItem = lazy(() => import('./mail/held-item').then((module) => ({ default: module.HeldItem })))

interface Props {
  id: string
  conversation: MyConversation | undefined
  onRestore: (restored: Restored) => void
}

/** What was said, oldest at the top, read from the end; older messages come when one scrolls up to them. */
export function Thread({ id, conversation, onRestore }: Props) {
  const { t } = useTranslation('inbox')
  const query = useInfiniteQuery(threadQuery(id))
  const outgoing = useOutgoing(id)
  const seenSeq = conversation?.customer_seen_seq ?? 0
  const messages = useMemo(() => (query.data ? messagesOf(query.data) : []), [query.data])
  const { beside, isMissing, retry } = useMails(id, messages[0]?.seq)
  const entries = useMemo(
    () => entriesOf(messages, { outgoing, seenSeq, ...beside }),
    [messages, outgoing, seenSeq, beside],
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
      {isMissing && <MissingMails onRetry={retry} />}
      {entries.length === 0 && <p className={classes.quiet}>{t('thread.empty')}</p>}
      <TypingLine conversationId={id} />
    </div>
  )
}

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
  const written = last?.kind === 'outgoing' || last?.kind === 'held' ? last.key : null

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
  if (entry.kind === 'held') {
    return (
      <Suspense>
        <HeldItem delivery={entry.delivery} onRestore={onRestore} />
      </Suspense>
    )
  }
  return <MessageItem {...entry} />
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
