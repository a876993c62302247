import type { Customer, Id, Page, TimelineItem } from '@rapport/client'
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type Frame, onFrame, useTopic } from '../lib/realtime'
import { compareInstants } from '../lib/time'
import { keys } from './keys'

export type TimelineData = InfiniteData<Page<TimelineItem>, unknown>

/** Negative where `a` stands above `b`: newest first, as the server sorts. */
const compareEntries = (a: TimelineItem, b: TimelineItem) =>
  -(compareInstants(a.at, b.at) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

/** The timeline with one entry at its place, once; what belongs below the last fetched page waits for it. */
export function placeEntry(data: TimelineData, entry: TimelineItem, groups: readonly string[]): TimelineData {
  if (groups.length > 0 && !groups.includes(entry.group)) return data
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== entry.id) }))
  const target = pages.find(({ items, next }) => {
    const last = items.at(-1)
    return next === null || (last !== undefined && compareEntries(entry, last) <= 0)
  })
  if (target) target.items = [...target.items, entry].sort(compareEntries)
  return { ...data, pages }
}

export const withoutEntry = (data: TimelineData, id: Id): TimelineData => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) })),
})

/** What the topic `customer:<id>` tells, and the parts of `workspace` that are about customers. */
interface PeopleFrame {
  topic?: string
  customer?: Customer
  entries?: TimelineItem[]
  entry_removed?: Id
  pain_points_changed?: boolean
  suggestions_changed?: boolean
  people?: 'attributes' | 'companies' | 'keys' | 'imports' | 'suggestions'
}

const lists = {
  attributes: keys.customers.attributes,
  companies: keys.companies.all,
  keys: keys.customers.writeKeys,
  imports: keys.customers.imports,
  suggestions: keys.customers.suggestions,
} as const

/** Keep what the cache holds of a customer as the server has it. */
export function hearOfCustomer(queries: QueryClient, id: Id, frame: PeopleFrame) {
  const refresh = (...stale: (readonly unknown[])[]) => {
    for (const queryKey of stale) void queries.invalidateQueries({ queryKey })
  }
  if (frame.people && lists[frame.people]) refresh(lists[frame.people])
  if (frame.topic !== `customer:${id}`) return
  const { one, changes, consents, pains, merges, duplicates, timeline, suggestions } = keys.customers
  if (frame.customer) {
    queries.setQueryData(one(id), frame.customer)
    refresh(changes(id, null).slice(0, 3), consents(id), pains(id), merges(id))
  }
  if (frame.suggestions_changed) refresh(duplicates(id), suggestions)
  if (frame.pain_points_changed) refresh(pains(id))
  for (const entry of frame.entries ?? []) showEntry(queries, id, entry)
  const removed = frame.entry_removed
  if (removed) {
    queries.setQueriesData<TimelineData>({ queryKey: timeline(id) }, (data) => data && withoutEntry(data, removed))
  }
}

/** Put an entry on every timeline of the customer that shows its kind. */
export function showEntry(queries: QueryClient, id: Id, entry: TimelineItem) {
  for (const [key, data] of queries.getQueriesData<TimelineData>({ queryKey: keys.customers.timeline(id) })) {
    const groups = (key[3] as readonly string[] | undefined) ?? []
    if (data) queries.setQueryData(key, placeEntry(data, entry, groups))
  }
}

/** Follow a customer while they are on the screen. */
export function useLiveCustomer(id: Id) {
  const queries = useQueryClient()
  useTopic(`customer:${id}`)
  useEffect(
    () =>
      onFrame((frame: Frame) => {
        if (frame.type === 'event') hearOfCustomer(queries, id, frame as PeopleFrame)
        else if (frame.type === 'reset') void queries.invalidateQueries({ queryKey: keys.customers.all })
      }),
    [id, queries],
  )
}

/** Follow what all customers share: attributes, companies, keys, imports, likely duplicates. */
export function useLivePeople() {
  const queries = useQueryClient()
  useTopic('workspace')
  useEffect(
    () =>
      onFrame((frame: Frame) => {
        if (frame.type === 'event') hearOfCustomer(queries, '', frame as PeopleFrame)
      }),
    [queries],
  )
}
