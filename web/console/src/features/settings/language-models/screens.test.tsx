// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { LanguageModel, LanguageModels, ModelCall } from '@rapport/client'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import common from '../../../locales/en/common.json'
import models from '../../../locales/en/models.json'
import settings from '../../../locales/en/settings.json'
import { Budgets } from './budgets'
import { Calls } from './calls'
import { ModelDialog } from './model-dialog'
import { ModelList } from './model-list'
import { languageModelsQuery } from './queries'
import { Understanding } from './understanding'

let sent: { method: string; path: string; body: unknown }[] = []
let answers: Record<string, unknown> = {}

beforeAll(() =>
  i18next
    .use(initReactI18next)
    .init({ lng: 'en', resources: { en: { common, models, settings } }, defaultNS: 'common' }),
)
beforeEach(() => {
  sent = []
  answers = {}
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname: path } = new URL(request.url)
    const body = request.method === 'GET' ? null : await request.json().catch(() => null)
    sent.push({ method: request.method, path, body })
    return Response.json(answers[path] ?? null)
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const model = (id: string, over: Partial<LanguageModel> = {}): LanguageModel => ({
  id,
  protocol: 'openai',
  base_url: 'https://models.example/v1',
  model: id,
  has_key: true,
  input_price: 0,
  output_price: 0,
  ...over,
})

const configured: LanguageModels = {
  models: [model('first'), model('second')],
  limits: {
    currency: 'EUR',
    day_tokens: 1_000,
    month_tokens: null,
    day_cost: null,
    month_cost: null,
    seconds: 8,
    keeps_words: false,
    keep_days: 90,
  },
  spent: { day_tokens: 900, month_tokens: 5_000, day_cost: 0.1, month_cost: 1.5 },
  has_default: false,
}

function stage(children: ReactNode) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const router = createRouter({
    routeTree: createRootRoute({ component: () => <>{children}</> }),
    history: createMemoryHistory(),
  })
  render(
    <QueryClientProvider client={queries}>
      <MantineProvider env="test">
        <RouterProvider router={router as never} />
      </MantineProvider>
    </QueryClientProvider>,
  )
}

function Live() {
  const { data } = useQuery(languageModelsQuery)
  return data ? <ModelList configured={data} onEdit={() => {}} /> : null
}

it('asks a model earlier, keeps the focus on it, and says so', async () => {
  answers['/v1/assistant/models'] = configured
  stage(<Live />)
  const up = await screen.findByRole('button', { name: 'Ask second earlier' })
  answers['/v1/assistant/models'] = { ...configured, models: [...configured.models].reverse() }

  fireEvent.click(up)

  await waitFor(() => expect(screen.getAllByRole('listitem')[0]?.textContent).toContain('second'))
  expect(screen.getByText('second is number 1 now.')).toBeTruthy()
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Ask second later')
  const put = sent.find(({ method }) => method === 'PUT')?.body as { models: { id: string }[] }
  expect(put.models.map(({ id }) => id)).toEqual(['second', 'first'])
  expect(JSON.stringify(put)).not.toContain('api_key')
})

it('shows that a key is set, never which, and replaces it only when asked to', async () => {
  stage(<ModelDialog configured={configured} saved={configured.models[0]} onClose={() => {}} />)
  const dialog = within(await screen.findByRole('dialog', { name: 'Change first' }))
  expect(dialog.getByText('A key is set. It is never shown again.')).toBeTruthy()
  expect(dialog.queryByLabelText('Key')).toBeNull()

  fireEvent.click(dialog.getByRole('button', { name: 'Replace' }))
  fireEvent.change(dialog.getByLabelText('Key'), { target: { value: 'sk-new' } })
  fireEvent.click(dialog.getByRole('button', { name: 'Save' }))

  await waitFor(() => expect(sent.some(({ method }) => method === 'PUT')).toBe(true))
  const put = sent.find(({ method }) => method === 'PUT')?.body as { models: object[] }
  expect(put.models[0]).toMatchObject({ id: 'first', api_key: 'sk-new' })
  expect(put.models[1]).not.toHaveProperty('api_key')
})

it('asks for the key again when the address changes', async () => {
  stage(<ModelDialog configured={configured} saved={configured.models[0]} onClose={() => {}} />)
  const dialog = within(await screen.findByRole('dialog'))

  fireEvent.change(dialog.getByLabelText(/^Address/), { target: { value: 'https://other.example/v1' } })

  expect(dialog.getByText(/^Enter the key again/)).toBeTruthy()
  expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Try it' }).disabled).toBe(true)
})

it('tells what a trial answered, in how many ms, and at what cost', async () => {
  answers['/v1/assistant/models/test'] = {
    ok: true,
    said: 'ready',
    latency_ms: 412,
    input_tokens: 20,
    output_tokens: 5,
    cost: 0.0003,
    currency: 'EUR',
  }
  stage(<ModelDialog configured={configured} saved={configured.models[0]} onClose={() => {}} />)

  fireEvent.click(await screen.findByRole('button', { name: 'Try it' }))

  expect(await screen.findByText('ready')).toBeTruthy()
  expect(screen.getByText(/412 ms, 20 tokens sent, 5 answered, cost €0.0003/)).toBeTruthy()
  expect(sent).toContainEqual(
    expect.objectContaining({ path: '/v1/assistant/models/test', body: expect.objectContaining({ id: 'first' }) }),
  )
})

it('says what is wrong with a model that does not answer', async () => {
  answers['/v1/assistant/models/test'] = { ok: false, said: 'The provider does not know this key.', latency_ms: 9 }
  stage(<ModelDialog configured={configured} saved={configured.models[0]} onClose={() => {}} />)

  fireEvent.click(await screen.findByRole('button', { name: 'Try it' }))

  expect(await screen.findByText('The provider does not know this key.')).toBeTruthy()
  expect(screen.getByText('It does not answer')).toBeTruthy()
})

it('shows how much of a budget is used, also where there is none', async () => {
  stage(<Budgets configured={configured} />)

  expect(await screen.findByText('Nearly used up: 900 of 1,000 (90%)')).toBeTruthy()
  expect(screen.getByText('5,000 used so far')).toBeTruthy()
  expect(screen.getByText('€1.50 used so far')).toBeTruthy()
})

it('takes away a limit that is emptied', async () => {
  answers['/v1/assistant/models'] = configured
  stage(<Budgets configured={configured} />)

  fireEvent.change(await screen.findByLabelText('Tokens for a day'), { target: { value: '' } })
  fireEvent.click(screen.getByRole('button', { name: 'Save' }))

  await waitFor(() => expect(sent.some(({ method }) => method === 'PUT')).toBe(true))
  expect(sent[0]?.body).toMatchObject({ limits: { day_tokens: null, seconds: 8, currency: 'EUR' } })
})

const call: ModelCall = {
  id: 'c1',
  created_at: '2026-01-05T09:00:00Z',
  purpose: 'answer',
  model: 'large',
  endpoint: 'models.example',
  outcome: 'over_budget',
  latency_ms: 120,
  input_tokens: 300,
  output_tokens: 40,
  cost: 0.5,
  currency: 'EUR',
  retries: 2,
  is_cached: false,
  conversation_id: 'x1',
  covered: { EMAIL: 1, NAME: 2 },
  has_words: false,
}

it('tells of a call how it ended, what it cost, and what was covered', async () => {
  answers['/v1/assistant/calls'] = { items: [call, { ...call, id: 'c2', purpose: 'of_tomorrow' }], next: null }
  stage(<Calls />)

  expect((await screen.findAllByText('Over budget')).length).toBe(2)
  expect(screen.getAllByText('120 ms · 300 + 40 tokens · €0.50')[0]).toBeTruthy()
  expect(screen.getAllByText(/^Covered before it was sent: e-mail addresses \(1\) and names \(2\)/)[0]).toBeTruthy()
  expect(screen.getByText('of_tomorrow')).toBeTruthy()
  expect(screen.getAllByRole('link', { name: 'Conversation' })[0]?.getAttribute('href')).toBe('/inbox/all/x1')
})

it('teaches what the list of calls is for while it is empty', async () => {
  answers['/v1/assistant/calls'] = { items: [], next: null }
  stage(<Calls />)

  expect(await screen.findByText('No model was asked yet')).toBeTruthy()
})

it('says which languages are not understood, and how far a new model is', async () => {
  answers['/v1/assistant/embeddings'] = {
    model: 'minilm',
    place: '',
    locales: [
      { locale: 'de', articles: 2, is_understood: false },
      { locale: 'en', articles: 9, is_understood: true },
    ],
  }
  answers['/v1/knowledge/indexes'] = [
    {
      model: 'minilm',
      dimensions: 384,
      state: 'serving',
      done: 9,
      total: 9,
      error: null,
      since: '2026-01-05T09:00:00Z',
    },
    {
      model: 'big',
      dimensions: null,
      state: 'building',
      done: 3,
      total: 11,
      error: null,
      since: '2026-01-05T09:00:00Z',
    },
  ]
  stage(<Understanding />)

  expect(await screen.findByText('Not understood here: German (2 articles).')).toBeTruthy()
  expect(screen.getByText(/understands English only/)).toBeTruthy()
  expect(await screen.findByRole('progressbar', { name: 'big reads the articles' })).toBeTruthy()
})
