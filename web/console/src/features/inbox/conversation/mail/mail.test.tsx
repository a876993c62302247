// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { Attachment, Me } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import common from '../../../../locales/en/common.json'
import inbox from '../../../../locales/en/inbox.json'
import mail from '../../../../locales/en/mail.json'
import { keys } from '../../../../queries/keys'
import type { Delivery, Mail } from '../../../../queries/mail'
import type { Restored } from '../../composer/restoring'
import { DeliveryLine } from './delivery-line'
import { HeldItem } from './held-item'
import { MailLine } from './mail-line'
import { Notices } from './notices'

let queries: QueryClient

beforeAll(() =>
  i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { common, inbox, mail } }, defaultNS: 'common' }),
)
beforeEach(() => {
  localStorage.clear()
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions: ['conversations.reply'] } as Me)
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const show = (what: ReactNode) =>
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>{what}</QueryClientProvider>
    </MantineProvider>,
  )

const letter = (more: Partial<Mail> = {}): Mail => ({
  conversation_id: 'c',
  seq: 1,
  sender: { name: 'Jane Doe', address: 'jane@example.com' },
  reply_to: null,
  to: [{ name: '', address: 'support@rapport.example' }],
  cc: [{ name: 'Bob', address: 'bob@example.com' }],
  subject: 'Hello',
  quoted_html: '',
  verdict: {
    is_authenticated: false,
    spf: 'fail',
    dkim: 'none',
    dmarc: 'fail',
    arc: 'none',
    domain: 'example.com',
    by: 'us',
    reasons: ['dmarc_reject', 'something_new'],
  },
  auto: null,
  is_stranger: false,
  notices: [],
  has_raw: true,
  ...more,
})

const bill: Attachment = {
  id: 'f1',
  name: 'bill.pdf',
  content_type: 'application/pdf',
  size_bytes: 10,
  url: '/f1',
  preview_url: null,
  width: null,
  height: null,
}

const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  id: 'd1',
  client_id: 'w1',
  conversation_id: 'c',
  inbox_id: 'i',
  channel: 'email',
  seq: null,
  state: 'held',
  due_at: new Date(Date.now() + 8_000).toISOString(),
  attempts: 0,
  reason: null,
  response: null,
  recipients: { to: [{ name: 'Jane', address: 'jane@example.com' }], cc: [], bcc: [] },
  refused: [],
  draft: { body: 'Hi', html: '<p>Hi</p>', attachments: [bill], subject: null, quote: true, resolve: false },
  author: { kind: 'agent', id: 'me', name: 'Me' },
  is_automatic: false,
  sent_at: null,
  created_at: new Date().toISOString(),
  ...more,
})

it('says in one line from whom to whom, and in words why the sender is doubted', async () => {
  show(<MailLine mail={letter()} />)
  expect(screen.getByText('Jane Doe to support, cc Bob')).toBeTruthy()
  expect(screen.getByText('Sender failed the check')).toBeTruthy()

  await userEvent.click(screen.getByRole('button'))
  expect(screen.getByText('Jane Doe <jane@example.com>')).toBeTruthy()
  expect(screen.getByText(mail.reasons.dmarc_reject)).toBeTruthy()
  expect(screen.queryByText('something_new')).toBeNull()
  expect(screen.getByRole('link', { name: 'Download the original' }).getAttribute('href')).toBe(
    '/v1/conversations/c/mails/1/raw',
  )
})

it('tells of what was left out, and nothing of what it does not know', () => {
  show(<Notices mail={letter({ notices: ['images_blocked', 'split'], auto: 'list' })} />)
  const told = screen.getAllByRole('listitem').map((item) => item.textContent)
  expect(told).toEqual([mail.notices.images_blocked, mail.notices.list])
})

it('counts down, and brings words, people and files back when it is undone', async () => {
  const restored: Restored[] = []
  vi.stubGlobal('fetch', async () => Response.json({ body: 'Hi', subject: null }))

  show(<HeldItem delivery={delivery()} onRestore={(each) => restored.push(each)} />)
  expect(screen.getByRole('timer').textContent).toBe('Sending in 8 s')
  expect(screen.getByText('bill.pdf')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))

  await waitFor(() => expect(restored).toHaveLength(1))
  expect(restored[0]).toMatchObject({
    body: 'Hi',
    attachments: [bill],
    mail: { to: [{ address: 'jane@example.com' }], quote: true },
  })
  expect(queries.getQueryData(keys.conversations.deliveries('c'))).toMatchObject([{ state: 'cancelled', draft: null }])
})

it('stays when it had left already', async () => {
  const restored: Restored[] = []
  const refusal = { code: 'delivery_under_way', title: 'It is on its way.', status: 409, detail: 'It is on its way.' }
  vi.stubGlobal('fetch', async () => Response.json(refusal, { status: 409 }))
  show(<HeldItem delivery={delivery()} onRestore={(each) => restored.push(each)} />)
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(screen.getByRole('button', { name: 'Undo' })).toBeTruthy())
  expect(restored).toEqual([])
})

it('says when a scheduled one goes, and sends it now when that is wanted', async () => {
  const calls: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    calls.push(new URL(request.url).pathname)
    return Response.json(delivery({ state: 'queued', draft: null, seq: 4 }))
  })
  show(<HeldItem delivery={delivery({ due_at: '2099-05-01T09:00:00Z' })} onRestore={() => {}} />)
  expect(screen.getByText(/Will be sent/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Send now' }))
  await waitFor(() => expect(calls).toEqual(['/v1/deliveries/d1/send']))
})

it('tells what the other server said when it did not take a mail, and tries again', () => {
  const failed = delivery({
    state: 'failed',
    seq: 3,
    draft: null,
    reason: 'recipients_refused',
    response: '550 No such user',
  })
  show(<DeliveryLine delivery={failed} />)
  expect(screen.getByRole('alert').textContent).toContain(mail.reason.recipients_refused)
  expect(screen.getByRole('alert').textContent).toContain('550 No such user')
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
})

it('says why a mail waits, such as for somebody to sign in again', () => {
  const waits = delivery({
    state: 'queued',
    seq: 3,
    draft: null,
    reason: 'oauth_refused',
    response: '535 5.7.8 Not accepted',
  })
  show(<DeliveryLine delivery={waits} />)
  expect(screen.getByText(/next try at/).textContent).toContain(mail.reason.oauth_refused)
})

it('names those who did not get what others got', () => {
  const partly = delivery({ state: 'sent', seq: 3, draft: null, refused: ['bob@example.com'] })
  show(<DeliveryLine delivery={partly} />)
  expect(screen.getByText('Not delivered to bob@example.com.')).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})
