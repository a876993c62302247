// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { Me, OwnText, PageTrial, WebsiteDetail, WebsitePage } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import common from '../../../locales/en/common.json'
import knowledge from '../../../locales/en/knowledge.json'
import sources from '../../../locales/en/sources.json'
import { keys } from '../../../queries/keys'
import { OpenText } from './document-page'
import { OpenWebsite } from './source-page'
import { Sources } from './sources-page'

let queries: QueryClient
let sent: { method: string; path: string; body: unknown }[] = []
let answers: Record<string, unknown> = {}

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: 'en',
    resources: { en: { common, knowledge, sources } },
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  }),
)
beforeEach(() => {
  sent = []
  answers = { '/v1/knowledge/sources': nothing, '/v1/knowledge/documents': nothing }
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  queries.setQueryDefaults(keys.me, { staleTime: Number.POSITIVE_INFINITY })
  may('knowledge.read', 'knowledge.write')
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname: path } = new URL(request.url)
    const body = request.method === 'GET' ? null : await request.json().catch(() => null)
    sent.push({ method: request.method, path, body })
    return Response.json(answers[`${request.method} ${path}`] ?? answers[path] ?? null)
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const nothing = { items: [], next: null }
const at = '2026-01-05T09:00:00Z'
const may = (...permissions: string[]) => queries.setQueryData<Me>(keys.me, { permissions } as Me)
const changes = () => sent.filter(({ method }) => method !== 'GET')

const site: WebsiteDetail = {
  id: 's1',
  name: 'Help pages',
  start_url: 'https://help.example.com/',
  sitemap_url: null,
  hosts: [],
  include: [],
  exclude: [],
  max_depth: 5,
  max_pages: 500,
  every_hours: null,
  locale: 'en',
  audience: 'public',
  state: 'new',
  found: 0,
  done: 0,
  changed: 0,
  failed: 0,
  error: null,
  created_at: at,
  started_at: null,
  finished_at: null,
  next_at: null,
  indexed: 0,
}
const read: WebsiteDetail = { ...site, state: 'done', found: 9, done: 9, indexed: 7, failed: 2, finished_at: at }

const page: WebsitePage = {
  id: 'p1',
  url: 'https://help.example.com/returns',
  is_sitemap: false,
  depth: 1,
  state: 'failed',
  reason: 'status',
  detail: 'The server answered with status 500.',
  attempts: 2,
  visited_at: at,
}

async function show(element: ReactNode) {
  const routeTree = createRootRoute({ component: () => element })
  const router = createRouter({ routeTree, history: createMemoryHistory() })
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await router.load()
  return router
}

it('teaches the first step where there is nothing, and offers it only to whoever may take it', async () => {
  await show(<Sources />)
  expect(await screen.findByText('Nothing but articles yet')).toBeTruthy()
  expect(screen.getAllByRole('button', { name: 'Add a website' })).toHaveLength(2)
  cleanup()

  may('knowledge.read')
  await show(<Sources />)
  expect(await screen.findByText(/Whoever may write articles/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Add a website' })).toBeNull()
})

it('sets up a website that is not read before somebody says so', async () => {
  answers['POST /v1/knowledge/sources'] = site
  const router = await show(<Sources />)
  fireEvent.click((await screen.findAllByRole('button', { name: 'Add a website' }))[0] as HTMLElement)
  const dialog = await screen.findByRole('dialog')
  fireEvent.change(within(dialog).getByLabelText(/First page/), { target: { value: 'help.example.com' } })
  expect(within(dialog).getByLabelText<HTMLInputElement>(/Name/).value).toBe('help.example.com')
  fireEvent.click(within(dialog).getByRole('button', { name: 'Continue' }))

  await waitFor(() => expect(changes()).toHaveLength(1))
  expect(changes()[0]?.body).toMatchObject({ start_url: 'https://help.example.com', every_hours: null })
  await waitFor(() => expect(router.state.location.pathname).toBe('/knowledge/sources/s1'))
})

it('shows what would be read of a page, and then begins with the rules that were chosen', async () => {
  const trial: PageTrial = {
    state: 'indexed',
    reason: '',
    detail: '',
    title: 'Returns',
    body: 'Send it back.',
    parts: 3,
    links: ['https://help.example.com/faq'],
  }
  answers['/v1/knowledge/sources/s1/try'] = trial
  answers['/v1/articles/preview'] = { html: '<p>Send it back.</p>' }
  answers['/v1/knowledge/sources/s1/crawl'] = { ...site, state: 'queued' }
  await show(<OpenWebsite website={site} />)
  fireEvent.click(screen.getByRole('button', { name: 'Look at it' }))
  expect(await screen.findByText('Send it back.')).toBeTruthy()
  expect(screen.getByText('3 passages')).toBeTruthy()
  expect(screen.getByText('It leads to 1 address of the site')).toBeTruthy()

  fireEvent.change(screen.getByLabelText(/Only these paths/), { target: { value: '/help/*\nfaq' } })
  expect(screen.getByText('Each line begins with / or *.')).toBeTruthy()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start reading' }).disabled).toBe(true)
  fireEvent.change(screen.getByLabelText(/Only these paths/), { target: { value: '/help/*' } })
  fireEvent.click(screen.getByRole('button', { name: 'Start reading' }))
  await waitFor(() => expect(changes().at(-1)?.path).toBe('/v1/knowledge/sources/s1/crawl'))
  expect(changes().at(-2)).toEqual({
    method: 'PATCH',
    path: '/v1/knowledge/sources/s1',
    body: { every_hours: 24, include: ['/help/*'] },
  })
})

it('says why pages failed, tries them again, and leaves one out', async () => {
  answers['/v1/knowledge/sources/s1/pages'] = { items: [page], next: null }
  answers['/v1/knowledge/sources/s1'] = read
  answers['/v1/knowledge/sources/s1/retry'] = { ...read, state: 'queued' }
  await show(<OpenWebsite website={read} />)
  expect(await screen.findByText('The server answered with an error.')).toBeTruthy()
  expect(screen.getByText('The server answered with status 500.')).toBeTruthy()
  expect(screen.getByText(/tried 2 times without success/)).toBeTruthy()

  fireEvent.click(screen.getByRole('button', { name: `Leave ${page.url} out from the next reading on` }))
  await waitFor(() => expect(changes()).toHaveLength(1))
  expect(changes()[0]?.body).toEqual({ exclude: ['/returns$'] })
  fireEvent.click(screen.getByRole('button', { name: 'Try 2 failed pages again' }))
  await waitFor(() => expect(changes().at(-1)?.path).toBe('/v1/knowledge/sources/s1/retry'))
})

it('shows how far it is while it reads, and can be stopped', async () => {
  const running: WebsiteDetail = { ...read, state: 'running', done: 3, failed: 0, finished_at: null }
  answers['/v1/knowledge/sources/s1/pages'] = nothing
  answers['/v1/knowledge/sources/s1/cancel'] = { ...running, state: 'stopping' }
  await show(<OpenWebsite website={running} />)
  expect(screen.getByText('3 of 9 addresses visited')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Read again now' })).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }))
  await waitFor(() => expect(changes().at(-1)?.path).toBe('/v1/knowledge/sources/s1/cancel'))
})

it('refuses a PDF without sending it, and says what to do instead', async () => {
  await show(<Sources />)
  fireEvent.click(await screen.findByRole('button', { name: 'Upload files' }))
  const dialog = await screen.findByRole('dialog')
  const input = within(dialog).getByLabelText('Files', { selector: 'input' })
  fireEvent.change(input, { target: { files: [new File(['%PDF'], 'manual.pdf')] } })
  expect(await within(dialog).findByText(/The text of a PDF cannot be read.*save it as a .txt/)).toBeTruthy()
  expect(changes()).toEqual([])
})

it('changes a snippet, and shows its text as it is read', async () => {
  const text: OwnText = {
    id: 't1',
    kind: 'snippet',
    title: 'Do you ship to Iceland?',
    file_name: null,
    locale: 'en',
    audience: 'internal',
    updated_at: at,
    body: 'Yes.',
  }
  answers['/v1/articles/preview'] = { html: '<p>Yes, we do.</p>' }
  answers['/v1/knowledge/documents/t1'] = text
  await show(<OpenText text={text} />)
  expect(await screen.findByText('Yes, we do.')).toBeTruthy()
  expect(screen.getByText('Team only')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Change' }))
  const dialog = await screen.findByRole('dialog')
  fireEvent.change(within(dialog).getByLabelText(/Answer/), { target: { value: 'No.' } })
  fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(changes().at(-1)?.method).toBe('PATCH'))
  expect(changes().at(-1)?.body).toEqual({
    title: text.title,
    body: 'No.',
    locale: 'en',
    audience: 'internal',
  })
})
