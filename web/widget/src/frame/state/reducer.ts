import type { Config } from '../../protocol'
import { type Conversation, type Id, isLocal, type Message, type Pending, type Visitor } from '../types'
import { emptyThread, type State, type Thread, type Typist, type View } from './state'

export type Action =
  | { type: 'config'; config: Config }
  | { type: 'session'; visitor: Visitor; conversations: Conversation[] }
  | { type: 'conversations'; conversations: Conversation[] }
  | { type: 'signed-out' }
  | { type: 'event'; conversation?: Conversation; message?: Message }
  | { type: 'thread-loading'; id: Id }
  | { type: 'thread-loaded'; id: Id; messages: Message[]; part: 'newest' | 'earlier' | 'later'; hasEarlier: boolean }
  | { type: 'thread-failed'; id: Id }
  | { type: 'outbox'; messages: Pending[] }
  | { type: 'begun'; local: Id; id: Id }
  | { type: 'seen'; id: Id; seq: number }
  | { type: 'typing'; id: Id; typist: Typist | null }
  | { type: 'go'; view: View }
  | { type: 'set'; values: Partial<State> }

/** Put `message` where its seq says; a message that comes twice, or again with newer content, stands once. */
export function upsert(messages: Message[], message: Message): Message[] {
  const at = messages.findIndex((known) => known.seq >= message.seq)
  if (at === -1) return [...messages, message]
  const isKnown = messages[at]?.seq === message.seq
  return [...messages.slice(0, at), message, ...messages.slice(at + (isKnown ? 1 : 0))]
}

/** The newer of two pictures of a conversation; what was seen never becomes unseen. */
export function merge(known: Conversation | undefined, next: Conversation): Conversation {
  if (!known) return next
  const newer = next.last_seq < known.last_seq ? known : next
  return {
    ...newer,
    seen_seq: Math.max(known.seen_seq, next.seen_seq ?? 0),
    agent_seen_seq: Math.max(known.agent_seen_seq, next.agent_seen_seq ?? 0),
  }
}

function byId(conversations: Conversation[], known: Record<Id, Conversation>): Record<Id, Conversation> {
  return Object.fromEntries(conversations.map((c) => [c.id, merge(known[c.id], c)]))
}

function withThread(state: State, id: Id, change: Partial<Thread>): State {
  return { ...state, threads: { ...state.threads, [id]: { ...(state.threads[id] ?? emptyThread), ...change } } }
}

function withEvent(state: State, conversation?: Conversation, message?: Message): State {
  let next = state
  if (conversation) {
    const merged = merge(state.conversations[conversation.id], conversation)
    next = { ...next, conversations: { ...next.conversations, [conversation.id]: merged } }
  }
  if (!message) return next
  // Who writes has read what stands before.
  if (message.author.kind === 'me') next = withSeen(next, message.conversation_id, message.seq)
  const thread = next.threads[message.conversation_id]
  if (thread) {
    next = withThread(next, message.conversation_id, { messages: upsert(thread.messages, message) })
  }
  const { client_id } = message
  const outbox = client_id ? next.outbox.filter((m) => m.client_id !== client_id) : next.outbox
  const { [message.conversation_id]: typist, ...others } = next.typing
  const hasStopped = typist !== undefined && message.author.kind !== 'me'
  return { ...next, outbox, typing: hasStopped ? others : next.typing }
}

function withPart(state: State, action: Extract<Action, { type: 'thread-loaded' }>): State {
  const thread = state.threads[action.id] ?? emptyThread
  // What came by event while the page was on its way may be newer than the page.
  const messages = action.messages.reduce(upsert, thread.messages)
  const hasEarlier = action.part === 'later' ? thread.hasEarlier : action.hasEarlier
  return withThread(state, action.id, { messages, hasEarlier, isLoaded: true, isLoading: false, hasFailed: false })
}

function withBegun(state: State, local: Id, id: Id): State {
  const outbox = state.outbox.map((m) => (m.conversation_id === local ? { ...m, conversation_id: id } : m))
  const { view } = state
  const isShown = view.name === 'conversation' && view.id === local
  return { ...state, outbox, view: isShown ? { ...view, id, key: view.key ?? local } : view }
}

function withSeen(state: State, id: Id, seq: number): State {
  const conversation = state.conversations[id]
  if (!conversation || conversation.seen_seq >= seq) return state
  return { ...state, conversations: { ...state.conversations, [id]: { ...conversation, seen_seq: seq } } }
}

function withTyping(state: State, id: Id, typist: Typist | null): State {
  const { [id]: _, ...others } = state.typing
  return { ...state, typing: typist ? { ...others, [id]: typist } : others }
}

/** Another visitor sees nothing of the one before. */
function withSession(state: State, visitor: Visitor, listed: Conversation[]): State {
  const isSame = state.visitor === null || state.visitor.id === visitor.id
  const conversations = byId(listed, isSame ? state.conversations : {})
  const threads = isSame ? state.threads : {}
  const { view } = state
  const isGone = view.name === 'conversation' && !isLocal(view.id) && !conversations[view.id]
  return { ...state, session: 'ready', visitor, conversations, threads, view: isGone ? { name: 'home' } : view }
}

/** The widget's whole behaviour on data: from a state and what happened to the next state. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'config':
      return { ...state, config: action.config, agentsOnline: action.config.agents_online }
    case 'session':
      return withSession(state, action.visitor, action.conversations)
    case 'conversations':
      return { ...state, conversations: byId(action.conversations, state.conversations) }
    case 'signed-out':
      return {
        ...state,
        session: 'none',
        visitor: null,
        conversations: {},
        threads: {},
        typing: {},
        view: { name: 'home' },
      }
    case 'event':
      return withEvent(state, action.conversation, action.message)
    case 'thread-loading':
      return withThread(state, action.id, { isLoading: true, hasFailed: false })
    case 'thread-loaded':
      return withPart(state, action)
    case 'thread-failed':
      return withThread(state, action.id, { isLoading: false, hasFailed: true })
    case 'outbox':
      return { ...state, outbox: action.messages }
    case 'begun':
      return withBegun(state, action.local, action.id)
    case 'seen':
      return withSeen(state, action.id, action.seq)
    case 'typing':
      return withTyping(state, action.id, action.typist)
    case 'go':
      return { ...state, view: action.view, notice: null }
    case 'set':
      return { ...state, ...action.values }
  }
}
