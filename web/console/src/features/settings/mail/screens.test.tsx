import { MantineProvider } from '@mantine/core'
import type { MailAdvice, Mailbox, MailboxHealth } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { type ReactNode, useState } from 'react'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadTexts, startI18n } from '../../../lib/i18n'
import { useDraft } from '../model/use-draft'
import { DnsRecords } from './dns-records'
import { noIncoming, noOutgoing, noSecrets } from './model'
import { CameIn } from './tabs/came-in'
import { HealthTab } from './tabs/health-tab'
import { ReceivingTab } from './tabs/receiving-tab'

beforeAll(async () => {
  localStorage.setItem('rapport.locale', 'en')
  await startI18n()
  await loadTexts('mailboxes', 'settings')
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const mailbox: Mailbox = {
  inbox_id: 'one',
  name: 'Help',
  is_enabled: true,
  address: 'help@example.com',
  aliases: [],
  from_name: 'Help',
  signature: '',
  quoting: true,
  same_mail: 'once',
  acknowledge: false,
  acknowledgement: '',
  undo_s: 10,
  trusted_authserv: null,
  incoming: { ...noIncoming, kind: 'imap', host: 'imap.example.com', user: 'help@example.com' },
  outgoing: { ...noOutgoing, kind: 'smtp', host: 'smtp.example.com' },
  imap_password_set: true,
  smtp_password_set: false,
  webhook_secret_set: false,
  is_signed_in: false,
  dkim: { domain: 'example.com', selector: 'rapport-1', is_on: false },
  webhook_url: null,
}

const health: MailboxHealth = {
  inbox_id: 'one',
  name: 'Help',
  address: 'help@example.com',
  is_enabled: true,
  incoming: {
    kind: 'imap',
    state: 'failing',
    error: 'login_refused',
    failing_since: '2026-01-05T09:00:00Z',
    last_mail_at: '2026-01-05T08:00:00Z',
    seen_at: null,
    behind: 12_345,
    unread: 1_000,
    unreadable: 2,
    folders: [],
  },
  outgoing: {
    kind: 'smtp',
    state: 'failing',
    waiting: 3,
    waiting_since: '2026-01-05T09:00:00Z',
    scheduled: 0,
    failed: 1,
    reason: 'a_word_of_tomorrow',
    response: '554 no',
  },
}

const advice: MailAdvice = {
  domain: 'example.com',
  is_own_domain: true,
  provider: null,
  records: [
    {
      purpose: 'spf',
      type: 'TXT',
      name: 'example.com',
      value: 'v=spf1 a:smtp.example.com ~all',
      found: ['v=spf1 -all'],
      state: 'different',
      reason: 'spf_lacks_sender',
    },
    {
      purpose: 'dkim',
      type: 'TXT',
      name: 'rapport-1._domainkey.example.com',
      value: 'v=DKIM1; k=rsa; p=AAAA',
      found: ['v=DKIM1; k=rsa; p=AAAA'],
      state: 'ok',
      reason: null,
    },
  ],
}

function server(answers: Record<string, unknown>, status = 200) {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url)
    asked.push(`${request.method} ${pathname}`)
    return Response.json(answers[pathname] ?? { code: 'x', title: 'No', detail: 'No', status, fields: null }, {
      status,
    })
  })
  return asked
}

function Stage({ children }: { children: ReactNode }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }))
  return (
    <QueryClientProvider client={queries}>
      <MantineProvider env="test">{children}</MantineProvider>
    </QueryClientProvider>
  )
}

it('tells in plain words what is wrong with a mailbox, also in words it does not know', async () => {
  server({ '/v1/email/mailboxes/one/health': health })
  render(<HealthTab inboxId="one" />, { wrapper: Stage })

  expect(await screen.findByText(/does not accept this user and password/)).toBeTruthy()
  expect(screen.getByText('Something is wrong: a_word_of_tomorrow.')).toBeTruthy()
  expect(screen.getByText('The server says: 554 no')).toBeTruthy()
  expect(screen.getByText('1000 or more')).toBeTruthy()
  expect(screen.getByText('12,345')).toBeTruthy()
})

it('says that health cannot be seen, and how to go on', async () => {
  server({}, 500)
  render(<HealthTab inboxId="one" />, { wrapper: Stage })

  expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy()
})

it('lists what could not be read, says why, and has it read again', async () => {
  const mail = {
    id: 'r1',
    state: 'failed',
    reason: 'a_word_of_tomorrow',
    sender: 'ada@example.com',
    subject: null,
    size_bytes: 2_048,
  }
  const asked = server({
    '/v1/email/raw': { items: [{ ...mail, created_at: '2026-01-05T09:00:00Z', conversation_id: null }], next: null },
    '/v1/email/raw/r1/retry': mail,
  })
  render(<CameIn inboxId="one" />, { wrapper: Stage })

  expect(await screen.findByText('ada@example.com')).toBeTruthy()
  expect(screen.getByText(/something unexpected happened/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await vi.waitFor(() => expect(asked).toContain('POST /v1/email/raw/r1/retry'))
})

it('shows what to put into the DNS beside what is there, and lets a published key sign', async () => {
  const asked = server({
    '/v1/email/mailboxes/one/dns': advice,
    '/v1/email/mailboxes/one/dkim': { ...mailbox, dkim: { ...mailbox.dkim, is_on: true } },
  })
  render(<DnsRecords mailbox={mailbox} />, { wrapper: Stage })

  expect(await screen.findByText('v=spf1 a:smtp.example.com ~all')).toBeTruthy()
  expect(screen.getByText('v=spf1 -all')).toBeTruthy()
  expect(screen.getByText('Different')).toBeTruthy()
  fireEvent.click(screen.getByRole('switch', { name: 'Sign mail that goes out' }))
  await vi.waitFor(() => expect(asked).toContain('PUT /v1/email/mailboxes/one/dkim'))
})

it('has nothing to add to a domain of a provider', async () => {
  server({ '/v1/email/mailboxes/one/dns': { ...advice, domain: 'gmail.com', is_own_domain: false, records: [] } })
  render(<DnsRecords mailbox={mailbox} />, { wrapper: Stage })

  expect(await screen.findByText(/gmail\.com belongs to your provider/)).toBeTruthy()
})

function Receiving() {
  const draft = useDraft({ ...mailbox, ...noSecrets })
  return <ReceivingTab saved={mailbox} draft={draft} />
}

it('wants the password anew when the server is another', () => {
  render(<Receiving />, { wrapper: Stage })
  expect(screen.getByPlaceholderText('A password is kept')).toBeTruthy()

  fireEvent.change(screen.getByRole('textbox', { name: 'Server' }), { target: { value: 'imap.example.net' } })

  expect(screen.getByText(/Enter the password anew/)).toBeTruthy()
  expect(screen.queryByPlaceholderText('A password is kept')).toBeNull()
})
