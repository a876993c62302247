// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { IntentRow, Me, Reading } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import common from '../../../../locales/en/common.json'
import triage from '../../../../locales/en/triage.json'
import { keys } from '../../../../queries/keys'
import { hearOfTriage } from '../../../../queries/live-triage'
import { afterPressing } from './corrections'
import { ReadingCard } from './reading-card'

let queries: QueryClient
const sent: { path: string; body: unknown }[] = []
let answer: unknown = null

const machine: Reading['machine'] = {
  intents: [{ intent_id: 'refund', probability: 0.62 }],
  is_known: true,
  language: 'en',
  emotion: 'anger',
  urgency: 'high',
  is_spam: false,
  priority: 'high',
}

const reading = (more: Partial<Reading> = {}): Reading => ({
  message_id: 'm1',
  conversation_id: 'c1',
  seq: 1,
  read_at: '2026-05-01T10:00:00Z',
  model_id: null,
  ...machine,
  language_probability: 0.98,
  strength: 0.7,
  emotions: {},
  levels: { high: 0.55 },
  wants_person: 0,
  flags: {},
  spam: 0.02,
  spam_reasons: [],
  expertise: 'ordinary',
  expertise_confidence: 0.5,
  score: 64,
  priority_reasons: [
    { code: 'waited', points: 12, amount: 5 },
    { code: 'spam', points: -3, amount: null },
  ],
  entities: [{ kind: 'order', start: 9, end: 13, value: 'A-17' }],
  corrected: [],
  corrected_by: null,
  corrected_at: null,
  machine,
  milliseconds: 3,
  ...more,
})

const intent = (id: string, name: string) =>
  ({ id, name, description: '', topic: null, tag_ids: [], archived_at: null, typed: 0, labelled: 0 }) as IntentRow

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: 'en',
    resources: { en: { common, triage } },
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  }),
)
beforeEach(() => {
  sent.length = 0
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } })
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions: ['conversations.tag'] } as Me)
  queries.setQueryData(keys.people.members, [{ id: 'anna', name: 'Anna' }])
  queries.setQueryData(keys.triage.intents, [intent('delivery', 'Delivery'), intent('refund', 'Refund')])
  const message = { id: 'm1', seq: 1, body: '🙂🙂 order A-17 please' }
  queries.setQueryData(keys.conversations.messages('c1'), { pages: [{ items: [message] }], pageParams: [0] })
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ path: new URL(request.url).pathname, body: await request.clone().json() })
    return Response.json(answer)
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const show = async (...readings: Reading[]) => {
  queries.setQueryData(keys.conversations.readings('c1'), readings)
  const routeTree = createRootRoute({ component: () => <ReadingCard conversationId="c1" /> })
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

it('tells what was read, how surely, and why it is pressing', async () => {
  await show(reading())
  expect(await screen.findByRole('button', { name: /Refund.*62/ })).toBeDefined()
  expect(screen.getByText('98%')).toBeDefined()
  expect(screen.getByText('strength 70%')).toBeDefined()
  expect(screen.getByText('Waits for 5 hours').parentElement?.textContent).toContain('+12')
  expect(screen.getByText('Looks like spam').parentElement?.textContent).toContain('-3')
})

it('cuts what was found out of the message by characters, not by UTF-16 units', async () => {
  await show(reading())
  expect(await screen.findByText('A-17')).toBeDefined()
})

it('corrects an intent by one click and shows what the machine said beside it', async () => {
  const user = userEvent.setup()
  answer = reading({
    intents: [{ intent_id: 'refund', probability: null }],
    corrected: ['intents'],
    corrected_by: 'agent:anna',
    corrected_at: '2026-05-01T11:00:00Z',
  })
  await show(reading())
  await user.click(await screen.findByRole('button', { name: /Refund/ }))
  expect(sent).toEqual([{ path: '/v1/messages/m1/correction', body: { intent_ids: ['refund'] } }])
  await waitFor(() => expect(screen.getByText('The machine said: Refund 62%')).toBeDefined())
  expect(screen.getByText(/Corrected by Anna: About/)).toBeDefined()
})

it('corrects the mood by choosing another', async () => {
  const user = userEvent.setup()
  answer = reading({ emotion: 'joy', corrected: ['emotion'], corrected_by: 'agent:anna' })
  await show(reading())
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Mood' }), 'joy')
  await waitFor(() => expect(screen.getByText('The machine said: Angry')).toBeDefined())
  expect(sent[0]?.body).toEqual({ emotion: 'joy' })
})

it('shows to people who may only look, without a way to correct', async () => {
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions: [] as string[] } as Me)
  await show(reading())
  expect(await screen.findByText('Refund')).toBeDefined()
  expect(screen.queryByRole('button', { name: /Refund/ })).toBeNull()
  expect(screen.queryByRole('combobox')).toBeNull()
})

it('follows the latest message while no earlier one was chosen', async () => {
  await show(reading())
  await screen.findByText('64 of 100')
  hearOfTriage(queries, { reading: reading({ message_id: 'm2', seq: 3, score: 11 }) })
  expect(await screen.findByText('11 of 100')).toBeDefined()
  await userEvent.setup().click(screen.getByRole('button', { name: 'Earlier message' }))
  expect(await screen.findByText('64 of 100')).toBeDefined()
})

it('makes a guess what is so, and never says by taking away that a message belongs nowhere', () => {
  expect(afterPressing(reading(), 'refund')).toEqual(['refund'])
  const said = reading({ corrected: ['intents'], intents: [{ intent_id: 'refund', probability: null }] })
  expect(afterPressing(said, 'delivery')).toEqual(['refund', 'delivery'])
  expect(afterPressing(said, 'refund')).toEqual(['refund'])
})
