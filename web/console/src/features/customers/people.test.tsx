// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { Customer, Me } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import common from '../../locales/en/common.json'
import customers from '../../locales/en/customers.json'
import people from '../../locales/en/people.json'
import type { CustomerImport, PreviewRow } from '../../queries/imports'
import { keys } from '../../queries/keys'
import type { Consent, Suggestion } from '../../queries/profile'
import { MergeDialog } from './duplicates/merge-dialog'
import { MergeRule } from './duplicates/merge-rule'
import { DraftView } from './importing/draft-view'
import { AttributesCard } from './profile/attributes-card'
import { ConsentsCard } from './profile/consents-card'
import { Identities } from './profile/identities'
import { ProfileCard } from './profile/profile-card'

let queries: QueryClient
const sent: { method: string; path: string; body: unknown }[] = []
let answer: (path: string) => unknown

beforeAll(() =>
  i18next
    .use(initReactI18next)
    .init({ lng: 'en', resources: { en: { common, customers, people } }, defaultNS: 'common' }),
)
beforeEach(() => {
  sent.length = 0
  answer = () => null
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } })
  const permissions = ['customers.read', 'customers.write', 'customers.merge']
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions } as Me)
  queries.setQueryData(keys.customers.attributes, [])
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

const customer = (more: Partial<Customer> = {}): Customer => ({
  id: 'c1',
  name: 'Jane Doe',
  email: 'jane@example.com',
  phone: null,
  company: null,
  company_id: null,
  locale: null,
  timezone: null,
  attributes: {},
  preferences: { language: null, channel: null, tone: null, needs: [] },
  status: null,
  value: null,
  identities: [],
  claims: [],
  first_seen_at: '2026-01-01T00:00:00Z',
  last_seen_at: '2026-02-01T00:00:00Z',
  conversation_count: 1,
  verified: false,
  merged_count: 0,
  erased_at: null,
  ...more,
})

const address = (id: string, text: string, more: object = {}) => ({
  id,
  customer_id: 'c1',
  channel: 'email',
  address: text,
  verified: false,
  claimed: false,
  source: 'mail',
  verified_at: null,
  verified_by: null,
  is_shared: false,
  created_at: '2026-01-01T00:00:00Z',
  ...more,
})

it('says of each address whether it is proved, shared, or only claimed', async () => {
  const jane = customer({
    identities: [
      address('1', 'jane@example.com', { verified: true }),
      address('2', 'family@example.com', { is_shared: true }),
    ],
    claims: [address('3', 'other@example.com', { claimed: true })],
  })
  await show(<Identities customer={jane} />)
  const rows = (await screen.findAllByRole('listitem')).map((row) => row.textContent)
  expect(rows[0]).toContain('Proved')
  expect(rows[1]).toContain('Not proved')
  expect(rows[1]).toContain('Shared')
  expect(rows[2]).toContain('Only claimed')

  answer = () => customer()
  await userEvent.click(screen.getByRole('button', { name: 'other@example.com is theirs' }))
  expect(sent[0]).toMatchObject({ method: 'POST', body: { channel: 'email', address: 'other@example.com' } })
})

it('changes an attribute as the kind that it is', async () => {
  const seats = { id: 'a', key: 'seats', label: 'Seats', kind: 'number', choices: [], position: 0, is_archived: false }
  queries.setQueryData(keys.customers.attributes, [seats])
  const jane = customer({ attributes: { seats: 3 } })
  queries.setQueryData(keys.customers.one('c1'), jane)
  answer = () => customer({ attributes: { seats: 4.5 } })
  await show(<AttributesCard customer={jane} />)

  await userEvent.click(await screen.findByRole('button', { name: 'Change Seats' }))
  const field = screen.getByRole('textbox', { name: 'Seats' })
  await userEvent.clear(field)
  await userEvent.type(field, 'many{Enter}')
  expect(screen.getByText(people.attributes.notNumber)).toBeTruthy()
  await userEvent.clear(field)
  await userEvent.type(field, '4,5{Enter}')

  await waitFor(() => expect(sent[0]?.body).toEqual({ attributes: { seats: 4.5 } }))
})

it('takes a preference away when nothing is chosen', async () => {
  const jane = customer({ preferences: { language: 'de', channel: null, tone: null, needs: [] } })
  queries.setQueryData(keys.customers.one('c1'), jane)
  answer = () => customer()
  await show(<ProfileCard customer={jane} />)
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Preferred language' }), '')
  await waitFor(() => expect(sent[0]?.body).toEqual({ preferences: { language: null } }))
})

it('shows what holds now, and what was decided before when that is asked for', async () => {
  const consent = (id: string, more: Partial<Consent>): Consent => ({
    id,
    purpose: 'marketing',
    channel: '',
    is_granted: true,
    source: 'form',
    words: '',
    by: null,
    at: '2026-01-01T00:00:00Z',
    revoked_at: null,
    is_current: true,
    ...more,
  })
  queries.setQueryData(keys.customers.consents('c1'), [
    consent('2', { is_granted: false, words: 'No more, please.' }),
    consent('1', { is_current: false }),
  ])
  await show(<ConsentsCard customerId="c1" isErased={false} />)
  expect(await screen.findByText('No more, please.')).toBeTruthy()
  expect(screen.queryByText('Allowed')).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: '1 earlier decision' }))
  expect(screen.getByText('Allowed')).toBeTruthy()
})

it('compares two customers, and merges into the one that was chosen', async () => {
  const twin = customer({ id: 'c2', name: 'Jane D.', email: 'j@example.com', first_seen_at: '2025-01-01T00:00:00Z' })
  const suggestion: Suggestion = {
    id: 's1',
    score: 0.8,
    reasons: [
      { code: 'similar_name', weight: 0.3 },
      { code: 'different_external_ids', weight: -0.2 },
    ],
    is_verified: false,
    state: 'open',
    found_at: '2026-01-01T00:00:00Z',
    customers: [customer(), twin],
  }
  answer = () => customer()
  await show(<MergeDialog pair={[customer(), twin]} suggestion={suggestion} onClose={() => {}} />)

  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText('Similar name')).toBeTruthy()
  expect(within(dialog).getByText('Different numbers in your system')).toBeTruthy()
  const older = within(dialog).getByRole<HTMLInputElement>('radio', { name: /Jane D\./ })
  expect(older.checked).toBe(true)
  await userEvent.click(within(dialog).getByRole('radio', { name: /Jane Doe/ }))
  await userEvent.click(within(dialog).getByRole('button', { name: 'Merge' }))
  await waitFor(() => expect(sent[0]).toMatchObject({ path: '/v1/duplicates/s1/merge', body: { into_id: 'c1' } }))
})

it('does not start an import whose customers could not be recognised', async () => {
  const draft: CustomerImport = {
    id: 'i1',
    name: 'old.csv',
    state: 'draft',
    columns: [
      { name: 'Name', samples: ['Ida'], field: 'name' },
      { name: 'Mail', samples: ['ida@example.com'], field: null },
    ],
    mapping: { Name: 'name' },
    match: 'email',
    rows_total: 2,
    rows_done: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    failed: 0,
    undo: null,
    error: null,
    created_at: '2026-01-01T00:00:00Z',
    finished_at: null,
    by: null,
  }
  const rows: PreviewRow[] = [
    { row: 1, values: { name: 'Ida' }, action: 'create', errors: [] },
    { row: 2, values: {}, action: 'fail', errors: [{ column: 'Mail', code: 'x', detail: 'is no e-mail address' }] },
  ]
  queries.setQueryData(keys.customers.preview('i1'), rows)
  queries.setQueryData(keys.customers.import('i1'), draft)
  answer = (path) => (path.endsWith('preview') ? { rows } : draft)
  await show(<DraftView draft={draft} />)

  const start = await screen.findByRole<HTMLButtonElement>('button', { name: 'Import 2 rows' })
  expect(start.disabled).toBe(true)
  expect(screen.getByText(people.imports.matchMissing)).toBeTruthy()
  expect(screen.getByText('Mail: is no e-mail address')).toBeTruthy()
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Where Mail goes' }), 'email')
  await waitFor(() => expect(sent[0]?.body).toEqual({ mapping: { Name: 'name', Mail: 'email' } }))
})

it('merges without asking only when somebody says so, and from how sure on', async () => {
  const workspace = { id: 'w', name: 'Shop', settings: {} }
  answer = () => workspace
  queries.setQueryData(keys.settings.workspace, workspace)
  await show(<MergeRule />)
  expect(screen.queryByRole('slider')).toBeNull()

  await userEvent.click(screen.getByRole('switch', { name: /Merge without asking/ }))
  await waitFor(() =>
    expect(sent.find((each) => each.method === 'PATCH')?.body).toEqual({
      settings: { duplicates: { automatic: true } },
    }),
  )

  queries.setQueryData(keys.settings.workspace, { ...workspace, settings: { duplicates: { automatic: true } } })
  const slider = await screen.findByRole('slider')
  expect(slider.getAttribute('aria-valuenow')).toBe('0.9')
})
