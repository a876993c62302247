import {
  type Answer,
  type Counters,
  type Draft,
  http,
  type Id,
  type Message,
  type MyConversation,
  type Page,
  type SearchHit,
  type Sort,
  unwrap,
  type View,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

export interface ListFilter {
  view: View
  sort: Sort
  inbox_id?: Id
  tag_id?: Id
  assignee_id?: Id
}

/** Where a conversation stands in its list: the instant it is sorted by, then its id. */
export interface Place {
  at: string | null
  id: Id
}

/** A page that knows how far down the list it reaches, even after its last row has moved away. */
export interface ListPage extends Page<MyConversation> {
  /** The place of the last row at the time of fetching; null when nothing comes after. */
  floor: Place | null
}

export const placeOf = (conversation: MyConversation, sort: Sort): Place => ({
  at: sort === 'waiting' ? conversation.waiting_since : conversation.last_activity_at,
  id: conversation.id,
})

/** The first page fills a screen and is soon there; those that follow come while somebody scrolls. */
const firstPageSize = 25
const listPageSize = 100
export const threadPageSize = 50

async function fetchList(filter: ListFilter, cursor: string | null, signal: AbortSignal): Promise<ListPage> {
  const query = { ...filter, limit: cursor ? listPageSize : firstPageSize, ...(cursor ? { cursor } : {}) }
  const page = await unwrap<Page<MyConversation>>(http.GET('/v1/conversations', { params: { query }, signal }))
  const last = page.items.at(-1)
  return { ...page, floor: page.next && last ? placeOf(last, filter.sort) : null }
}

export const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: keys.conversations.list(filter),
    queryFn: ({ pageParam, signal }) => fetchList(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const countersQuery = queryOptions({
  queryKey: keys.conversations.counters,
  queryFn: () => unwrap<Counters>(http.GET('/v1/conversations/counters')),
})

export const fetchConversation = (id: Id) =>
  unwrap<MyConversation>(http.GET('/v1/conversations/{conversation_id}', { params: { path: { conversation_id: id } } }))

export const conversationQuery = (id: Id) =>
  queryOptions({ queryKey: keys.conversations.one(id), queryFn: () => fetchConversation(id) })

/** The newest page first; each further page holds what came before. Within a page, oldest first. */
export const threadQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.conversations.messages(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Message>>(
        http.GET('/v1/conversations/{conversation_id}/messages', {
          params: {
            path: { conversation_id: id },
            query: { limit: threadPageSize, ...(pageParam ? { before_seq: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page): number | undefined => {
      const first = page.items[0]
      return first && first.seq > 1 ? first.seq : undefined
    },
  })

export const answersQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.conversations.answers(id),
    queryFn: () =>
      unwrap<Answer[]>(
        http.GET('/v1/conversations/{conversation_id}/answers', { params: { path: { conversation_id: id } } }),
      ),
  })

/** The draft of the signed-in person; null when there is none. */
export const draftQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.conversations.draft(id),
    queryFn: () =>
      unwrap<Draft | null>(
        http.GET('/v1/conversations/{conversation_id}/draft', { params: { path: { conversation_id: id } } }),
      ),
  })

export const searchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: keys.conversations.search(q),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<SearchHit>>(
        http.GET('/v1/search', { params: { query: { q, ...(pageParam ? { cursor: pageParam } : {}) } }, signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: q.trim().length > 1,
  })
