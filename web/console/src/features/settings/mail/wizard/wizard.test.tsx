import { MantineProvider } from '@mantine/core'
import type { MailCandidate, MailTrial, MailTried } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { type ReactNode, useState } from 'react'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadTexts, startI18n } from '../../../../lib/i18n'
import { AddressStep } from './address-step'
import { SettingsStep } from './settings-step'
import { blank, bodyOf, type Setup } from './setup'
import { TestStep } from './test-step'

beforeAll(async () => {
  localStorage.setItem('rapport.locale', 'en')
  await startI18n()
  await loadTexts('mailboxes', 'settings')
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const gmail: MailCandidate = {
  source: 'known',
  name: 'Gmail',
  note: 'google',
  help: 'https://support.google.com/',
  oauth: null,
  per_minute: 20,
  user: 'help@gmail.com',
  incoming: { host: 'imap.gmail.com', port: 993, security: 'tls' },
  outgoing: { host: 'smtp.gmail.com', port: 465, security: 'tls' },
  is_elsewhere: false,
}

const steps = (problem: MailTried['steps'][number]['problem']): MailTried => ({
  is_ok: problem === null,
  folders: [{ name: 'INBOX', messages: 1_234, use: null }],
  steps: [
    { name: 'connect', state: 'ok', problem: null, said: null },
    { name: 'sign_in', state: problem ? 'failed' : 'ok', problem, said: problem && '535 no such user' },
  ],
})

/** A server that answers by path, and what it was sent. */
function server(answers: Record<string, unknown>) {
  const sent: Record<string, unknown>[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url)
    sent.push((await request.clone().json()) as Record<string, unknown>)
    return Response.json(answers[pathname], { status: 200 })
  })
  return sent
}

function Stage({ children }: { children: ReactNode }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { mutations: { retry: false } } }))
  return (
    <QueryClientProvider client={queries}>
      <MantineProvider env="test">{children}</MantineProvider>
    </QueryClientProvider>
  )
}

const known: Setup = { ...blank, name: 'Help', address: 'help@gmail.com' }

it('offers what was found, and what to do first', async () => {
  server({ '/v1/email/discover': { items: [gmail] } })
  const onChange = vi.fn()
  const onNext = vi.fn()
  render(<AddressStep setup={known} onChange={onChange} onNext={onNext} />, { wrapper: Stage })

  fireEvent.click(screen.getByRole('button', { name: 'Find the settings' }))
  const found = await screen.findByRole('radio', { name: 'Gmail · Known provider' })

  expect((found as HTMLInputElement).checked).toBe(true)
  expect(screen.getByText(/imap\.gmail\.com:993/)).toBeTruthy()
  expect(screen.getByText(/app password/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }))
  expect(onChange.mock.lastCall?.[0]).toMatchObject({ incoming: { host: 'imap.gmail.com' }, found: gmail })
  expect(onNext).toHaveBeenCalledOnce()
})

it('lets somebody enter the settings when nothing was found', async () => {
  server({ '/v1/email/discover': { items: [] } })
  const onChange = vi.fn()
  render(<AddressStep setup={known} onChange={onChange} onNext={() => {}} />, { wrapper: Stage })

  fireEvent.click(screen.getByRole('button', { name: 'Find the settings' }))
  expect(await screen.findByText(/found no settings/)).toBeTruthy()
  fireEvent.click(screen.getByRole('radio', { name: 'A service posts the mail' }))
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }))

  expect(onChange.mock.lastCall?.[0]).toMatchObject({ incoming: { kind: 'webhook', webhook: 'postmark' } })
})

const ready: Setup = {
  ...known,
  incoming: { ...blank.incoming, kind: 'imap', host: 'imap.gmail.com', user: 'help@gmail.com' },
  outgoing: { ...blank.outgoing, kind: 'smtp', host: 'smtp.gmail.com', user: 'help@gmail.com' },
  imap_password: 'open sesame',
}

it('asks for one password where one opens both servers', () => {
  const onChange = vi.fn()
  const { rerender } = render(<SettingsStep setup={ready} onChange={onChange} onBack={() => {}} onNext={() => {}} />, {
    wrapper: Stage,
  })
  expect(screen.getAllByLabelText('Password')).toHaveLength(1)
  expect(bodyOf(ready)).toMatchObject({ imap_password: 'open sesame', smtp_password: 'open sesame' })

  fireEvent.click(screen.getByRole('checkbox', { name: 'The same password as for receiving' }))
  expect(onChange).toHaveBeenLastCalledWith({ isOnePassword: false })
  rerender(
    <SettingsStep setup={{ ...ready, isOnePassword: false }} onChange={onChange} onBack={() => {}} onNext={() => {}} />,
  )
  expect(screen.getAllByLabelText('Password')).toHaveLength(2)
})

it('ticks off what works, then saves', async () => {
  const trial: MailTrial = { incoming: steps(null), outgoing: steps(null), letter: null }
  const sent = server({ '/v1/email/test': trial, '/v1/email/mailboxes': { inbox_id: 'one' } })
  const onSaved = vi.fn()
  render(<TestStep setup={ready} onBack={() => {}} onSaved={onSaved} />, { wrapper: Stage })
  expect(screen.getByRole('button', { name: 'Save anyway' })).toBeTruthy()

  fireEvent.click(screen.getByRole('button', { name: 'Test now' }))
  expect(await screen.findByText('It works, in and out.')).toBeTruthy()
  expect(within(screen.getByRole('region', { name: 'Receiving' })).getByText('INBOX')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Save and continue' }))

  await waitFor(() => expect(onSaved).toHaveBeenCalled())
  expect(sent[0]).toMatchObject({ to_self: false, imap_password: 'open sesame', address: 'help@gmail.com' })
  expect(sent[1]).toMatchObject({ name: 'Help', smtp_password: 'open sesame' })
})

it('says what fails in plain words, and in the server’s', async () => {
  server({ '/v1/email/test': { incoming: steps('app_password_needed'), outgoing: null, letter: null } })
  render(<TestStep setup={ready} onBack={() => {}} onSaved={() => {}} />, { wrapper: Stage })

  fireEvent.click(screen.getByRole('button', { name: 'Test now' }))

  expect(await screen.findByText(/wants an app password/)).toBeTruthy()
  expect(screen.getByText('The server says: 535 no such user')).toBeTruthy()
  expect(screen.getByText(/Something does not work yet/)).toBeTruthy()
})
