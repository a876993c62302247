// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { IntentRow, Me, Queued } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { useKeyboard } from '../../../../lib/keys'
import common from '../../../../locales/en/common.json'
import settings from '../../../../locales/en/settings.json'
import triage from '../../../../locales/en/triage.json'
import { keys } from '../../../../queries/keys'
import { linesOf } from '../intents/examples'
import { LabellingPage } from './labelling-page'

const sent: { path: string; body: unknown }[] = []
let refused = false

const queued = (id: string): Queued => ({
  message_id: id,
  conversation_id: 'c',
  number: 7,
  seq: 1,
  said_at: '2026-05-01T10:00:00Z',
  text: `Words of ${id}`,
  language: 'en',
  intents: [{ intent_id: 'i1', probability: 0.4 }],
  doubt: 0.6,
})
const intent = (number: number) =>
  ({ id: `i${number}`, name: `Intent ${number}`, description: '', archived_at: null }) as IntentRow

beforeAll(() => {
  window.matchMedia ??= (() => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} })) as never
  return i18next
    .use(initReactI18next)
    .init({ lng: 'en', resources: { en: { common, settings, triage } }, defaultNS: 'common' })
})
beforeEach(() => {
  sent.length = 0
  refused = false
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ path: new URL(request.url).pathname, body: await request.clone().json() })
    return refused ? Response.json({ detail: 'Gone' }, { status: 404 }) : new Response(null, { status: 204 })
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

function Screen() {
  useKeyboard()
  return <LabellingPage />
}

const show = async (intents = [intent(1), intent(2)]) => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, enabled: false } } })
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions: [] as string[] } as Me)
  queries.setQueryData(keys.triage.queue, { items: [queued('a'), queued('b')], next: null })
  queries.setQueryData(keys.triage.intents, intents)
  const router = createRouter({
    routeTree: createRootRoute({ component: Screen }),
    history: createMemoryHistory(),
  })
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await router.load()
  await screen.findByText(intents.length > 0 ? 'Words of a' : 'Go to intents')
}

it('labels by digits and Enter, and goes on to the next', async () => {
  const user = userEvent.setup()
  await show()
  await user.keyboard('1')
  await user.keyboard('2')
  await user.keyboard('1')
  await user.keyboard('{Enter}')
  await screen.findByText('Words of b')
  await waitFor(() =>
    expect(sent).toEqual([{ path: '/v1/triage/queue/a', body: { intent_ids: ['i2'], is_skipped: false } }]),
  )
})

it('saves nothing while nothing is chosen', async () => {
  const user = userEvent.setup()
  await show()
  await user.keyboard('{Enter}')
  expect(screen.getByText('Words of a')).toBeDefined()
  expect(sent).toEqual([])
})

it('says with N that a message belongs nowhere, and skips with S', async () => {
  const user = userEvent.setup()
  await show()
  await user.keyboard('n')
  await screen.findByText('Words of b')
  await user.keyboard('s')
  await screen.findByText('Nothing to label')
  await waitFor(() =>
    expect(sent.map(({ body }) => body)).toEqual([
      { intent_ids: [], is_skipped: false },
      { intent_ids: [], is_skipped: true },
    ]),
  )
})

it('goes back with Z to the last, with what was said, and replaces it', async () => {
  const user = userEvent.setup()
  await show()
  await user.keyboard('1{Enter}')
  await screen.findByText('Words of b')
  await user.keyboard('z')
  await screen.findByText('Words of a')
  expect((screen.getByRole('checkbox', { name: /Intent 1/ }) as HTMLInputElement).checked).toBe(true)
  await user.keyboard('12{Enter}')
  await screen.findByText('Words of b')
  await waitFor(() => expect(sent.at(-1)?.body).toEqual({ intent_ids: ['i2'], is_skipped: false }))
})

it('brings a message back that could not be labelled', async () => {
  const user = userEvent.setup()
  refused = true
  await show()
  await user.keyboard('n')
  await waitFor(() => expect(sent).toHaveLength(1))
  await screen.findByText('Words of a')
})

it('asks for intents first where there are none', async () => {
  await show([])
  expect(screen.getByRole('link', { name: 'Go to intents' })).toBeDefined()
})

it('takes each line of what is typed as an example', () => {
  expect(linesOf(' Where is my tent? \n\n  It leaks.')).toEqual(['Where is my tent?', 'It leaks.'])
})
