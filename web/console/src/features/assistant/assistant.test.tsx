// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { Answer, AssistantOverview, Gap, GapRow, Me } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { handleKey } from '../../lib/keys'
import assistant from '../../locales/en/assistant.json'
import common from '../../locales/en/common.json'
import inbox from '../../locales/en/inbox.json'
import { keys } from '../../queries/keys'
import { AnswerList } from './answers/answers-page'
import { OpenGap } from './gaps/gap-page'
import { GapList } from './gaps/gaps-page'
import { OverviewView } from './overview/overview-view'

let queries: QueryClient
let sent: { method: string; path: string; body: unknown }[] = []
let answers: Record<string, unknown> = {}

beforeAll(() =>
  i18next
    .use(initReactI18next)
    .init({ lng: 'en', resources: { en: { common, assistant, inbox } }, defaultNS: 'common' }),
)
beforeEach(() => {
  sent = []
  answers = {}
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  queries.setQueryData<Me>(keys.me, { permissions: ['assistant.read', 'knowledge.write'] } as Me)
  queries.setQueryDefaults(keys.me, { staleTime: Number.POSITIVE_INFINITY })
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

const row: GapRow = {
  id: 'g1',
  state: 'open',
  question: 'Do you ship to Iceland?',
  language: 'en',
  asked: 7,
  customers: 3,
  confidence: 0.3,
  first_asked_at: '2026-01-01T09:00:00Z',
  last_asked_at: '2026-01-05T09:00:00Z',
  nearest: { id: 'a1', title: 'Shipping', status: 'published' },
  article: null,
  merged_into_id: null,
}

const gap: Gap = {
  ...row,
  questions: [
    {
      conversation_id: 'c1',
      number: 41,
      seq: 1,
      text: 'Can you send a tent to Iceland?',
      reason: 'not_sure',
      confidence: 0.31,
      asked_at: '2026-01-05T09:00:00Z',
    },
  ],
  replies: [],
  near: [{ article: { id: 'a1', title: 'Shipping', status: 'published' }, times: 4, score: 0.62 }],
  sources: [],
}

const overview: AssistantOverview = {
  since: '2026-01-01',
  questions: 10,
  answered: 6,
  handed_over: 3,
  silent: 1,
  reasons: [
    { decision: 'answered', reason: 'confident', count: 6 },
    { decision: 'silent', reason: 'a_word_of_tomorrow', count: 1 },
  ],
  days: [{ day: '2026-01-03', answered: 6, handed_over: 3, silent: 1 }],
  confidence: [0, 0, 0, 1, 2, 0, 1, 2, 3, 1],
  conversations_answered: 5,
  conversations_taken_up: 2,
  taken_up_share: 0.4,
  top_gaps: [row],
  articles: [{ locale: 'de', articles: 12 }],
  costs: {
    calls: 0,
    cost: 0,
    currency: null,
    input_tokens: 0,
    output_tokens: 0,
    latency_p50_ms: null,
    latency_p95_ms: null,
  },
}

const answer: Answer = {
  id: 'x1',
  conversation_id: 'c1',
  message_id: 'm1',
  question: 'How do I wash it?',
  decision: 'answered',
  reason: 'confident',
  confidence: 0.9,
  mode: 'hybrid',
  wording: 'configured',
  model: 'large',
  timings: { retrieve_ms: 12.4, compose_ms: 830.2, model_ms: 812 },
  candidates: [
    {
      article_id: 'a2',
      kind: 'article',
      title: 'Care',
      url: '/help/care',
      score: 0.9,
      quote: 'By **hand**.',
      used: true,
      solved_at: null,
    },
  ],
  created_at: '2026-01-05T09:00:00Z',
}

function stage(children: ReactNode) {
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
  return router
}

it('shows what came of the questions, in words, as a picture, and as a table', async () => {
  stage(<OverviewView overview={overview} days={7} isFiltered={false} />)

  expect(await screen.findByText('Answered: The sources fit the question well')).toBeTruthy()
  expect(screen.getByText('Silent: a_word_of_tomorrow')).toBeTruthy()
  expect(screen.getByText('2 of 5 conversations')).toBeTruthy()
  expect(screen.getByRole('img', { name: /each of 7 days/ }).querySelectorAll('rect')).toHaveLength(3)
  expect(screen.getByRole('rowheader', { name: 'Jan 3, 2026', hidden: true })).toBeTruthy()
  expect(within(screen.getByRole('list', { name: 'What it knows' })).getByText('German')).toBeTruthy()
})

it('tells what is about all inboxes when one is chosen', async () => {
  stage(<OverviewView overview={overview} days={7} isFiltered />)

  expect(await screen.findByText('Of all inboxes.')).toBeTruthy()
  expect(screen.getByText(/^Of all inboxes: what language models/)).toBeTruthy()
})

it('moves through the gaps by keyboard', async () => {
  answers['/v1/assistant/gaps'] = { items: [row, { ...row, id: 'g2', question: 'And to Malta?' }], next: null }
  stage(<GapList filter={{ state: 'open', sort: 'count' }} />)
  await screen.findByText('And to Malta?')

  for (const key of ['j', 'j', 'j']) handleKey(new KeyboardEvent('keydown', { key }))

  expect(document.activeElement?.textContent).toContain('And to Malta?')
  expect(document.activeElement?.getAttribute('href')).toBe('/assistant/gaps/g2')
})

it('teaches what a list is for when it is empty', async () => {
  answers['/v1/assistant/gaps'] = { items: [], next: null }
  stage(<GapList filter={{ state: 'drafted', sort: 'count' }} />)

  expect(await screen.findByText('No drafts are waiting')).toBeTruthy()
})

it('leads from a gap to its conversations, and to the editor of the draft that is made', async () => {
  answers['/v1/assistant/gaps/g1/draft'] = { gap: row, article: { id: 'a9', title: 'Iceland', status: 'draft' } }
  const router = stage(<OpenGap gap={gap} />)

  const link = await screen.findByRole('link', { name: 'Conversation 41' })
  expect(link.getAttribute('href')).toBe('/inbox/all/c1')
  fireEvent.click(screen.getByRole('button', { name: 'Make a draft' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/knowledge/a9'))
})

it('takes a near article as the answer', async () => {
  stage(<OpenGap gap={gap} />)
  fireEvent.click(await screen.findByRole('button', { name: 'This answers it: Shipping' }))

  await waitFor(() =>
    expect(sent).toContainEqual({ method: 'PATCH', path: '/v1/assistant/gaps/g1', body: { article_id: 'a1' } }),
  )
})

it('merges into another gap only after one was chosen, and goes there', async () => {
  answers['/v1/assistant/gaps'] = { items: [row, { ...row, id: 'g2', question: 'And to Malta?' }], next: null }
  answers['/v1/assistant/gaps/g1/merge'] = { ...row, id: 'g2' }
  const router = stage(<OpenGap gap={gap} />)
  fireEvent.click(await screen.findByRole('button', { name: 'Merge' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Into which gap?' }))
  const act = dialog.getByRole<HTMLButtonElement>('button', { name: 'Merge' })
  expect(act.disabled).toBe(true)

  fireEvent.click(await dialog.findByRole('button', { name: /Malta/ }))
  fireEvent.click(act)

  await waitFor(() => expect(router.state.location.pathname).toBe('/assistant/gaps/g2'))
  expect(sent).toContainEqual({ method: 'POST', path: '/v1/assistant/gaps/g1/merge', body: { into_id: 'g2' } })
})

it('offers nothing to change to those who may not write, nor in a merged gap', async () => {
  stage(<OpenGap gap={{ ...gap, state: 'merged', merged_into_id: 'g2' }} />)

  expect(await screen.findByRole('link', { name: 'Its questions went to another gap' })).toBeTruthy()
  expect(screen.queryAllByRole('button')).toEqual([])

  cleanup()
  queries.setQueryData<Me>(keys.me, { permissions: ['assistant.read'] } as Me)
  stage(<OpenGap gap={gap} />)
  expect(await screen.findByRole('link', { name: 'Conversation 41' })).toBeTruthy()
  expect(screen.queryAllByRole('button')).toEqual([])
})

it('tells why an answer was given once it is opened', async () => {
  answers['/v1/assistant/answers'] = { items: [answer], next: null }
  stage(<AnswerList decision={undefined} />)
  const row = await screen.findByText('How do I wash it?')
  expect(screen.queryByText('What it found')).toBeNull()

  const details = row.closest('details') as HTMLDetailsElement
  details.open = true
  fireEvent(details, new Event('toggle'))

  expect(await screen.findByText('What it found')).toBeTruthy()
  expect(screen.getByText('By hand.')).toBeTruthy()
  expect(screen.getByText('By meaning and by words, in 12 ms')).toBeTruthy()
  expect(screen.getByText('By the language model large, proved by the source, in 812 ms')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Go to the conversation' }).getAttribute('href')).toBe('/inbox/all/c1')
})
