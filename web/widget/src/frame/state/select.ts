import type { Conversation, Id, Message, Pending } from '../types'
import type { State } from './state'

/**
 * Messages of one conversation that the visitor has not seen.
 *
 * Where the messages are here they are counted; otherwise the numbers must do, which also count what is not shown.
 */
export function unreadIn(state: State, { id, last_seq, seen_seq }: Conversation): number {
  const thread = state.threads[id]
  if (last_seq <= seen_seq || !thread?.isLoaded) return Math.max(0, last_seq - seen_seq)
  return thread.messages.filter((message) => message.seq > seen_seq && message.author.kind !== 'me').length
}

export const unread = (state: State): number =>
  Object.values(state.conversations).reduce((sum, conversation) => sum + unreadIn(state, conversation), 0)

/** Newest activity first. */
export const ordered = (state: State): Conversation[] =>
  Object.values(state.conversations).sort((a, b) => (a.last_activity_at < b.last_activity_at ? 1 : -1))

export const pendingIn = (state: State, id: Id): Pending[] => state.outbox.filter((m) => m.conversation_id === id)

/** The last message of mine that the team has read, if any. */
export function lastRead(messages: Message[], agentSeenSeq: number): Message | undefined {
  return messages.findLast((message) => message.author.kind === 'me' && message.seq <= agentSeenSeq)
}

/** Whether the team or the assistant has written after everything of mine: then "Seen" says nothing new. */
export function isAnswered(messages: Message[]): boolean {
  const last = messages.findLast((message) => message.author.kind !== 'system')
  return last !== undefined && last.author.kind !== 'me'
}

/** Who the visitor talks to: the agent in charge, or the last one who wrote. */
export function agentOf(state: State, id: Id): string | undefined {
  const assigned = state.conversations[id]?.assignee?.name
  return assigned ?? state.threads[id]?.messages.findLast((message) => message.author.kind === 'agent')?.author.name
}
