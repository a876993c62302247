import type { Sort, View } from '@rapport/client'
import type { ListFilter } from '../../../queries/conversations'

export const views = ['mine', 'unassigned', 'all', 'snoozed', 'resolved'] as const satisfies View[]

/** What the address says about the list and the panes, beside the view. */
export interface ListSearch {
  sort?: Sort
  inbox?: string
  tag?: string
  assignee?: string
  /** On a narrow screen: the customer's pane instead of the conversation. */
  panel?: 'customer'
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined)

export const readListSearch = (search: Record<string, unknown>): ListSearch => {
  const read: ListSearch = {
    sort: search.sort === 'waiting' ? 'waiting' : undefined,
    inbox: text(search.inbox),
    tag: text(search.tag),
    assignee: text(search.assignee),
    panel: search.panel === 'customer' ? 'customer' : undefined,
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

export const toFilter = (view: View, search: ListSearch): ListFilter => ({
  view,
  sort: search.sort ?? 'recent',
  ...(search.inbox ? { inbox_id: search.inbox } : {}),
  ...(search.tag ? { tag_id: search.tag } : {}),
  ...(search.assignee ? { assignee_id: search.assignee } : {}),
})
