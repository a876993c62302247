import type { Conversation, Message, MyConversation, Page } from '@rapport/client'
import type { EventFrame } from '@rapport/realtime'
import type { InfiniteData } from '@tanstack/react-query'
import { type ListFilter, type ListPage, placeOf } from '../../../queries/conversations'
import { compareIn, comparePlaces, matches } from './views'

export type ListData = InfiniteData<ListPage, string | null>
export type ThreadData = InfiniteData<Page<Message>, unknown>

/** An event of the log with the present state of what it happened to. */
export interface ConversationEvent extends EventFrame {
  conversation?: Conversation
  message?: Message
  /** In `conversations.seen`: who read, and up to where. */
  seen?: { conversation_id: string; agent_id: string; seq: number }
}

/**
 * The row after the event: the newer of the two states, with what I have seen kept.
 *
 * Events may repeat and overtake a fetch, so an older version never replaces a newer one.
 */
export function applyToConversation(row: MyConversation, event: ConversationEvent, me: string): MyConversation {
  if (event.name === 'conversations.seen') return applySeen(row, event, me)
  const incoming = event.conversation
  if (!incoming || incoming.id !== row.id || incoming.version < row.version) return row
  return { ...incoming, seen_seq: seenAfter(row.seen_seq, event, me) }
}

/** Whoever writes has read what stands above. */
function seenAfter(seen: number, event: ConversationEvent, me: string): number {
  const { message } = event
  return message?.author.kind === 'agent' && message.author.id === me ? Math.max(seen, message.seq) : seen
}

function applySeen(row: MyConversation, event: ConversationEvent, me: string): MyConversation {
  const { seen } = event
  if (seen?.conversation_id !== row.id || seen.agent_id !== me) return row
  return seen.seq > row.seen_seq ? { ...row, seen_seq: seen.seq } : row
}

/**
 * The list as a fresh fetch of the same length of it would give: rows that fit come in at their place, rows that
 * no longer fit leave, and what belongs below the last fetched row waits for its page.
 */
export function placeInList(data: ListData, filter: ListFilter, row: MyConversation, me: string): ListData {
  const known = data.pages.some((page) => page.items.some((item) => item.id === row.id))
  const fits = matches(filter, row, me)
  if (!known && !fits) return data
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== row.id) }))
  if (fits) {
    const place = placeOf(row, filter.sort)
    const target = pages.find((page) => page.floor === null || comparePlaces(place, page.floor, filter.sort) <= 0)
    if (target) target.items = [...target.items, row].sort(compareIn(filter.sort))
  }
  return { ...data, pages }
}

export const rowIn = (data: ListData, id: string): MyConversation | undefined => {
  for (const page of data.pages) {
    const row = page.items.find((item) => item.id === id)
    if (row) return row
  }
  return undefined
}

/** The thread with the message in it, once; null when messages before it are missing here. */
export function placeInThread(data: ThreadData, message: Message): ThreadData | null {
  const newest = data.pages[0]
  if (!newest) return null
  const holder = data.pages.findIndex((page) => page.items.some((item) => item.id === message.id))
  if (holder >= 0) {
    return withPage(data, holder, (items) => items.map((item) => (item.id === message.id ? message : item)))
  }
  const last = newest.items.at(-1)?.seq ?? 0
  if (message.seq > last + 1) return null
  if (message.seq === last + 1) return withPage(data, 0, (items) => [...items, message])
  const first = data.pages.at(-1)?.items[0]?.seq ?? 0
  return message.seq < first ? data : null
}

function withPage(data: ThreadData, index: number, change: (items: Message[]) => Message[]): ThreadData {
  const pages = data.pages.map((page, at) => (at === index ? { ...page, items: change(page.items) } : page))
  return { ...data, pages }
}

/** All fetched messages, oldest first. */
export const messagesOf = (data: ThreadData): Message[] => data.pages.toReversed().flatMap((page) => page.items)
