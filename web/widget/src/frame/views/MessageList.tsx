import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isAnswered, lastRead, pendingIn } from '../state/select'
import { emptyThread, type Thread } from '../state/state'
import type { Message } from '../types'
import { useScene } from './context'
import { Icon } from './icons'
import { Bubble, Greeting, PendingBubble, Typing } from './MessageBubble'
import { sample } from './sample'
import { dayName, isSameDay } from './time'

const nearPx = 60
const groupMs = 5 * 60_000

/** Whether `message` goes on where `before` stopped: same author, soon after, same day. */
function continues(message: Message, before: Message | undefined): boolean {
  if (!before || before.author.kind !== message.author.kind || before.author.name !== message.author.name) return false
  if (!isSameDay(before.created_at, message.created_at)) return false
  return Date.parse(message.created_at) - Date.parse(before.created_at) < groupMs
}

/** Keep the newest in sight while the reader is there, and the reader's place while they are not. */
function useScroll(first: number, last: string, isLoading: boolean) {
  const box = useRef<HTMLDivElement>(null)
  const place = useRef({ first, height: 0, isAtEnd: true })
  const [isBehind, setBehind] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new first or last message is what moves the page.
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    if (place.current.isAtEnd) element.scrollTop = element.scrollHeight
    else if (first < place.current.first) element.scrollTop += element.scrollHeight - place.current.height
    else setBehind(true)
    place.current = { ...place.current, first, height: element.scrollHeight }
  }, [first, last, isLoading])
  useEffect(() => {
    const element = box.current
    if (!element) return
    // A notice or a growing composer takes room from below.
    const observer = new ResizeObserver(() => {
      if (place.current.isAtEnd) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const onScroll = (): void => {
    const element = box.current
    if (!element) return
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx
    place.current.isAtEnd = isAtEnd
    if (isAtEnd) setBehind(false)
  }
  const toEnd = (): void => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }
  return { box, isBehind, onScroll, toEnd }
}

/** Tell that the newest has been seen, whenever it really is on a screen. */
function useSeen(id: string, isBehind: boolean): void {
  const { chat, state } = useScene()
  const conversation = state.conversations[id]
  const lastSeq = conversation?.last_seq ?? 0
  const isSeen = lastSeq <= (conversation?.seen_seq ?? 0)
  // Each new message asks again, also where the one before it has not been drawn as seen yet.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    const look = (): void => {
      const isShown = state.isOpen && document.visibilityState === 'visible' && !isBehind
      if (isShown && !isSeen) chat.saw(id)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [chat, id, state.isOpen, isBehind, isSeen, lastSeq])
}

function Earlier({ id, thread, isEmpty }: { id: string; thread: Thread; isEmpty: boolean }) {
  const { chat, language } = useScene()
  const { t } = language
  return (
    <>
      {thread.hasEarlier && (
        <button
          type="button"
          class="quiet"
          disabled={thread.isLoading}
          onClick={() => void chat.threads.loadEarlier(id)}
        >
          {t(thread.isLoading ? 'loading' : 'earlier')}
        </button>
      )}
      {thread.isLoading && isEmpty && <Skeleton label={t('loading')} />}
      {thread.hasFailed && (
        <p class="hint">
          {t('load_failed')}{' '}
          <button type="button" class="link" onClick={() => void chat.threads.open(id)}>
            {t('try_again')}
          </button>
        </p>
      )}
    </>
  )
}

function Written({ id, messages, read }: { id: string; messages: Message[]; read: Message | undefined }) {
  const { language } = useScene()
  return messages.map((message, index) => {
    const before = messages[index - 1]
    const after = messages[index + 1]
    return [
      (!before || !isSameDay(before.created_at, message.created_at)) && (
        <li key={`day ${message.seq}`} class="day">
          {dayName(message.created_at, language)}
        </li>
      ),
      <Bubble
        key={message.seq}
        message={message}
        isContinued={continues(message, before)}
        isLast={!after || !continues(after, message)}
        isRead={message === read}
        form={after ? null : { conversationId: id, name: `form-${message.seq}` }}
      />,
    ]
  })
}

export function MessageList({ id }: { id: string }) {
  const { state, language } = useScene()
  const { t } = language
  const thread = state.threads[id] ?? emptyThread
  const messages = state.isPreview ? sample(t, state.config) : thread.messages
  const waiting = pendingIn(state, id).filter((m) => !messages.some((known) => known.client_id === m.client_id))
  const conversation = state.conversations[id]
  const typist = state.typing[id]
  const read = conversation && !isAnswered(messages) ? lastRead(messages, conversation.agent_seen_seq) : undefined
  const lastKey = [messages.at(-1)?.seq, waiting.length, typist?.name, read?.seq].join()
  const { box, isBehind, onScroll, toEnd } = useScroll(messages[0]?.seq ?? 0, lastKey, thread.isLoading)
  const isBeginning = !thread.hasEarlier && !thread.hasFailed && (!thread.isLoading || messages.length > 0)
  useSeen(id, isBehind)

  return (
    <div class="scroll-area">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={box} class="scroll" onScroll={onScroll} tabIndex={0} aria-label={t('messages')}>
        <Earlier id={id} thread={thread} isEmpty={messages.length === 0} />
        <ol class="messages">
          {isBeginning && <Greeting />}
          <Written id={id} messages={messages} read={read} />
          {waiting.map((message) => (
            <PendingBubble key={message.client_id} message={message} />
          ))}
          {typist && <Typing typist={typist} />}
        </ol>
      </section>
      {isBehind && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" />
          {t('new_below')}
        </button>
      )}
    </div>
  )
}

function Skeleton({ label }: { label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      <span />
      <span />
      <span />
    </div>
  )
}
