// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { Me, Page, RecurringIssue, RecurringIssueDetail, RecurringMember, TrendPoint } from '@rapport/client'
import { type InfiniteData, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import common from '../../locales/en/common.json'
import recurring from '../../locales/en/recurring.json'
import { keys } from '../../queries/keys'
import { hearOfIssue } from '../../queries/live-recurring'
import { Members } from './members'
import { bandOf, ceilingOf, countOf, runsOf, searchOf } from './model'
import { NoteCard } from './note-card'
import { Trend } from './trend'

const at = '2026-03-02T00:00:00Z'
const point = (count: number, expected: number | null = null, when = at): TrendPoint => ({ at: when, count, expected })

const issue = (more: Partial<RecurringIssueDetail> = {}): RecurringIssueDetail => ({
  id: 'i1',
  name: 'Printer jams',
  is_named_by_person: false,
  state: 'open',
  note: '',
  article_id: null,
  record: null,
  conversation_count: 3,
  customer_count: 2,
  day_count: 1,
  week_count: 2,
  month_count: 3,
  first_seen_at: at,
  last_seen_at: at,
  growth: 0,
  is_growing: false,
  alerted_at: null,
  unit: 'day',
  series: [],
  products: [],
  customers: [],
  companies: [],
  samples: [],
  ...more,
})

const member = (id: string, number: number) =>
  ({
    conversation: { id, number, customer: { name: 'Jane' }, subject: `About ${id}`, preview: '' },
    asked_at: at,
    nearness: 0.9,
    joined_by: 'machine',
  }) as RecurringMember

let queries: QueryClient
const sent: { method: string; path: string; body: unknown }[] = []
let answer: (path: string) => unknown

beforeAll(() =>
  i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { common, recurring } }, defaultNS: 'common' }),
)
beforeEach(() => {
  sent.length = 0
  answer = () => ({})
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } })
  const permissions = ['conversations.read', 'conversations.tag']
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions } as Me)
  vi.stubGlobal('fetch', async (request: Request) => {
    const text = await request.clone().text()
    const { pathname } = new URL(request.url)
    sent.push({ method: request.method, path: pathname, body: text ? JSON.parse(text) : null })
    return Response.json(answer(pathname))
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const show = async (what: ReactNode) => {
  const routeTree = createRootRoute({ component: () => what })
  const router = createRouter({ routeTree, history: createMemoryHistory() })
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await router.load()
}

it('expects nothing of an issue that is too young', () => {
  expect(bandOf(point(3))).toBeNull()
})

it('expects a range around the mean, never below nothing', () => {
  const band = bandOf(point(0, 10))
  expect(band?.low).toBeCloseTo(10 - 2 * Math.sqrt(20))
  expect(band?.high).toBeCloseTo(10 + 2 * Math.sqrt(20))
  expect(bandOf(point(0, 0.5))?.low).toBe(0)
})

it('leaves gaps in the range where nothing was expected', () => {
  const runs = runsOf([point(1), point(1, 1), point(1, 2), point(1), point(1, 3)])
  expect(runs.map(({ from, bands }) => [from, bands.length])).toEqual([
    [1, 2],
    [4, 1],
  ])
})

it('ends its axis at a round number above everything drawn', () => {
  expect(ceilingOf([])).toBe(2)
  expect(ceilingOf([point(37)])).toBe(50)
  expect(ceilingOf([point(100)])).toBe(100)
})

it('counts over the period that is asked for, and over 30 days without one', () => {
  expect(countOf(issue(), 'day')).toBe(1)
  expect(countOf(issue())).toBe(3)
})

it('keeps in the address only what is not as usual', () => {
  expect(searchOf({ state: 'open', sort: 'growth' })).toEqual({})
  expect(searchOf({ state: 'resolved', sort: 'count', period: 'week', product: 'A1' })).toEqual({
    state: 'resolved',
    order: 'count',
    period: 'week',
    product: 'A1',
  })
})

it('changes a listed issue at its place, and says of a new one that it waits', () => {
  const list = keys.recurring.list({ state: 'open' })
  const data = { pages: [{ items: [issue(), issue({ id: 'i2' })], next: null }], pageParams: [null] }
  queries.setQueryData<InfiniteData<Page<RecurringIssue>>>(list, data)

  expect(hearOfIssue(queries, issue({ id: 'i2', name: 'Renamed' }), list)).toBe(false)
  expect(hearOfIssue(queries, issue({ id: 'i3' }), list)).toBe(true)

  const shown = queries.getQueryData<InfiniteData<Page<RecurringIssue>>>(list)?.pages[0]?.items
  expect(shown?.map(({ id, name }) => [id, name])).toEqual([
    ['i1', 'Printer jams'],
    ['i2', 'Renamed'],
  ])
})

it('shows the numbers of its chart as a table too', async () => {
  const series = [point(0, null, '2026-03-01T00:00:00Z'), point(4, 1, '2026-03-02T00:00:00Z')]
  await show(<Trend issue={issue({ series })} onUnit={() => {}} />)
  expect(screen.getByRole('img', { name: /4 conversations/ })).toBeTruthy()
  const cells = within(screen.getByRole('table')).getAllByRole('cell')
  expect(cells.map((cell) => cell.textContent)).toEqual(['4', '0 to 4', '0', 'Too early to say'])
})

it('splits off the chosen conversations, but never all', async () => {
  answer = (path) =>
    path.endsWith('/split') ? issue({ id: 'new' }) : { items: [member('c1', 1), member('c2', 2)], next: null }
  await show(<Members issue={issue({ conversation_count: 2 })} />)
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Choose conversation #1' }))
  await userEvent.click(screen.getByRole('checkbox', { name: 'Choose conversation #2' }))
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Split off 2' }).disabled).toBe(true)

  await userEvent.click(screen.getByRole('checkbox', { name: 'Choose conversation #2' }))
  await userEvent.click(screen.getByRole('button', { name: 'Split off 1' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Split off' }))
  await waitFor(() =>
    expect(sent).toContainEqual({
      method: 'POST',
      path: '/v1/recurring/i1/split',
      body: { conversation_ids: ['c1'] },
    }),
  )
})

it('takes one conversation out', async () => {
  answer = () => ({ items: [member('c1', 1)], next: null })
  await show(<Members issue={issue()} />)
  await userEvent.click(await screen.findByRole('button', { name: /Take conversation #1 out/ }))
  await waitFor(() =>
    expect(sent).toContainEqual({ method: 'DELETE', path: '/v1/recurring/i1/conversations/c1', body: null }),
  )
})

it('keeps a note', async () => {
  await show(<NoteCard issue={issue()} />)
  await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), 'Fixed in 2.1')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() =>
    expect(sent).toContainEqual({ method: 'PATCH', path: '/v1/recurring/i1', body: { note: 'Fixed in 2.1' } }),
  )
})
