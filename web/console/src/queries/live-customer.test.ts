import type { TimelineItem } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { keys } from './keys'
import { hearOfCustomer, placeEntry, type TimelineData, withoutEntry } from './live-customer'

const entry = (id: string, minute: number, group = 'notes') =>
  ({ id, group, kind: 'note', at: `2026-05-01T10:${String(minute).padStart(2, '0')}:00Z` }) as TimelineItem

const pages = (...items: TimelineItem[][]): TimelineData => ({
  pages: items.map((page, index) => ({ items: page, next: index < items.length - 1 ? 'more' : null })),
  pageParams: items.map((_, index) => index),
})

const idsOf = (data: TimelineData) => data.pages.map((page) => page.items.map((item) => item.id).join(''))

it('puts what is new at its place in time', () => {
  const known = pages([entry('d', 40), entry('c', 30)], [entry('b', 20)])
  expect(idsOf(placeEntry(known, entry('x', 50), []))).toEqual(['xdc', 'b'])
  expect(idsOf(placeEntry(known, entry('x', 25), []))).toEqual(['dc', 'xb'])
  expect(idsOf(placeEntry(known, entry('x', 1), []))).toEqual(['dc', 'bx'])
})

it('shows an entry once, however often the event comes', () => {
  const once = placeEntry(pages([entry('a', 1)]), entry('x', 5), [])
  expect(idsOf(placeEntry(once, entry('x', 5), []))).toEqual(['xa'])
})

it('leaves out what the filter hides', () => {
  expect(idsOf(placeEntry(pages([]), entry('x', 5, 'calls'), ['notes']))).toEqual([''])
})

it('does not show above the end what belongs to a page that was not fetched', () => {
  const known: TimelineData = { pages: [{ items: [entry('d', 40)], next: 'more' }], pageParams: [null] }
  expect(idsOf(placeEntry(known, entry('x', 1), []))).toEqual(['d'])
})

it('takes an entry away', () => {
  expect(idsOf(withoutEntry(pages([entry('b', 2), entry('a', 1)]), 'b'))).toEqual(['a'])
})

it('hears only of the customer on the screen', () => {
  const queries = new QueryClient()
  queries.setQueryData(keys.customers.timelineOf('me', []), pages([]))
  queries.setQueryData(keys.customers.timelineOf('me', ['calls']), pages([]))
  hearOfCustomer(queries, 'me', { topic: 'customer:other', entries: [entry('x', 1)] })
  hearOfCustomer(queries, 'me', { topic: 'customer:me', entries: [entry('y', 2)] })
  const shown = (groups: string[]) =>
    idsOf(queries.getQueryData(keys.customers.timelineOf('me', groups)) as TimelineData)
  expect(shown([])).toEqual(['y'])
  expect(shown(['calls'])).toEqual([''])

  hearOfCustomer(queries, 'me', { topic: 'customer:me', entry_removed: 'y' })
  expect(shown([])).toEqual([''])
})
