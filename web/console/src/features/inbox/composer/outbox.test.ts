import type { Message } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keys } from '../../../queries/keys'
import { messagesOf, type ThreadData } from '../model/reducer'
import { discard, dispatch, pending, retry, retryUnreachable, type Writing } from './outbox'

const writing: Writing = {
  conversation_id: 'c1',
  kind: 'message',
  body: 'Your parcel leaves today.',
  attachments: [],
  resolve: false,
  expected_last_seq: 0,
}

const queries = new QueryClient()
const requests: { client_id: string; body: string; expected_last_seq: number | null }[] = []
let answer: () => Response

const stored = (client_id: string): Message => ({
  id: 'm1',
  conversation_id: 'c1',
  seq: 1,
  kind: 'message',
  author: { kind: 'agent', id: 'me', name: 'Me' },
  body: writing.body,
  html: `<p>${writing.body}</p>`,
  cards: [],
  attachments: [],
  answer_id: null,
  client_id,
  created_at: '2026-01-01T00:00:00Z',
})

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

const accept = () => json(201, stored(requests.at(-1)?.client_id ?? ''))

beforeEach(() => {
  requests.length = 0
  queries.clear()
  queries.setQueryData<ThreadData>(keys.conversations.messages('c1'), {
    pages: [{ items: [], next: null }],
    pageParams: [0],
  })
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'POST') requests.push(await request.clone().json())
    return answer()
  })
})

afterEach(() => {
  for (const each of pending()) discard(each.client_id)
  vi.unstubAllGlobals()
})

const thread = () => messagesOf(queries.getQueryData(keys.conversations.messages('c1')) as ThreadData)

it('shows a message while it is on its way and hands it to the thread when it is stored', async () => {
  answer = accept

  const sent = dispatch(queries, writing)
  expect(pending().map((each) => [each.body, each.state])).toEqual([[writing.body, 'sending']])

  expect(await sent).toBe(true)
  expect(pending()).toEqual([])
  expect(thread().map((message) => message.body)).toEqual([writing.body])
})

it('keeps the text of a message that could not be sent, over a reload too', async () => {
  answer = () => {
    throw new TypeError('Failed to fetch')
  }

  expect(await dispatch(queries, writing)).toBe(false)

  expect(pending()).toMatchObject([{ body: writing.body, state: 'failed', conflict: false }])
  expect(localStorage.getItem('rapport.outbox')).toContain(writing.body)
})

it('sends again under the same name, so that nothing is stored twice', async () => {
  answer = () => {
    throw new TypeError('Failed to fetch')
  }
  await dispatch(queries, writing)
  answer = accept

  await retry(queries, pending()[0]?.client_id ?? '')

  expect(new Set(requests.map((request) => request.client_id)).size).toBe(1)
  expect(thread()).toHaveLength(1)
})

it('says that somebody wrote in between, and sends although only when told to', async () => {
  answer = () => json(409, { code: 'Crossed', title: 'Crossed', status: 409, detail: 'Somebody wrote.' })
  await dispatch(queries, writing)
  expect(pending()).toMatchObject([{ conflict: true, state: 'failed' }])
  expect(requests[0]?.expected_last_seq).toBe(0)
  answer = accept

  await retry(queries, pending()[0]?.client_id ?? '')

  expect(requests.at(-1)?.expected_last_seq).toBeNull()
  expect(pending()).toEqual([])
})

it('gives the text back when a message is discarded', async () => {
  answer = () => json(500, {})
  await dispatch(queries, writing)

  expect(discard(pending()[0]?.client_id ?? '')?.body).toBe(writing.body)
  expect(pending()).toEqual([])
})

it('sends by itself what found no way, and leaves what was refused to the person', async () => {
  answer = () => {
    throw new TypeError('Failed to fetch')
  }
  await dispatch(queries, writing)
  answer = () => json(422, { code: 'TooLong', title: 'Too long', status: 422, detail: 'The text is too long.' })
  await dispatch(queries, { ...writing, body: 'Refused.' })
  answer = accept

  await retryUnreachable(queries)

  expect(pending().map((each) => [each.body, each.error])).toEqual([['Refused.', 'The text is too long.']])
})

const held = {
  id: 'd1',
  conversation_id: 'c1',
  state: 'held',
  seq: null,
  draft: { body: writing.body, attachments: [] },
  created_at: '2026-01-01T00:00:00Z',
}
const mail = { to: [{ name: 'Jane', address: 'jane@example.com' }], cc: [], bcc: [], subject: 'Re: Hello', quote: true }

it('hands a mail to the server, which holds it: it stands in the thread as such', async () => {
  const paths: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    paths.push(new URL(request.url).pathname)
    requests.push(await request.clone().json())
    return json(201, held)
  })

  await dispatch(queries, { ...writing, mail: { ...mail, send_at: '2026-02-01T09:00:00Z' } })

  expect(paths).toEqual(['/v1/conversations/c1/mail'])
  expect(requests[0]).toMatchObject({ to: mail.to, quote: true, send_at: '2026-02-01T09:00:00Z' })
  expect(pending()).toHaveLength(0)
  expect(queries.getQueryData(keys.conversations.deliveries('c1'))).toMatchObject([{ id: 'd1', state: 'held' }])
})

it('keeps a mail that the server refuses, with its recipients and its reason', async () => {
  answer = () =>
    json(409, { code: 'mail_not_possible', title: 'No mail.', status: 409, detail: 'No mail can be sent.' })

  await dispatch(queries, { ...writing, mail })

  expect(pending()[0]).toMatchObject({ state: 'failed', error: 'No mail can be sent.', conflict: false, mail })
})
