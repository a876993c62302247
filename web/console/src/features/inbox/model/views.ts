import type { Conversation, MyConversation, Sort } from '@rapport/client'
import { compareInstants } from '../../../lib/time'
import { type ListFilter, type Place, placeOf } from '../../../queries/conversations'

const live = (conversation: Conversation) => conversation.status === 'open' || conversation.status === 'pending'

const inView = (view: ListFilter['view'], conversation: Conversation, me: string): boolean => {
  switch (view) {
    case 'mine':
      return live(conversation) && conversation.assignee_id === me
    case 'unassigned':
      return live(conversation) && conversation.assignee_id === null
    case 'all':
      return live(conversation)
    default:
      return conversation.status === view
  }
}

/** Whether the server would list the conversation under the filter for the agent `me`. */
export const matches = (filter: ListFilter, conversation: Conversation, me: string): boolean =>
  inView(filter.view, conversation, me) &&
  (filter.sort !== 'waiting' || conversation.waiting_since !== null) &&
  (!filter.inbox_id || conversation.inbox_id === filter.inbox_id) &&
  (!filter.tag_id || conversation.tag_ids.includes(filter.tag_id)) &&
  (!filter.assignee_id || conversation.assignee_id === filter.assignee_id)

/** Negative where `a` stands above `b`: newest activity first, or longest waiting first. */
export function comparePlaces(a: Place, b: Place, sort: Sort): number {
  const time = compareInstants(a.at ?? '', b.at ?? '') || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  return sort === 'waiting' ? time : -time
}

export const compareIn = (sort: Sort) => (a: MyConversation, b: MyConversation) =>
  comparePlaces(placeOf(a, sort), placeOf(b, sort), sort)
