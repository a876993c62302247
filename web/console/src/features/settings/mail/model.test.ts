import type { MailCandidate, MailTrial, MailTried } from '@rapport/client'
import { describe, expect, it } from 'vitest'
import { isMailTab } from '../model/tabs'
import { isSameServer, noIncoming, noOutgoing, outcomeOf, patchOf, settingsOf, withSecurity } from './model'

const found: MailCandidate = {
  source: 'known',
  name: 'Gmail',
  note: 'google',
  help: null,
  oauth: 'google',
  per_minute: 20,
  user: 'help@example.com',
  incoming: { host: 'imap.gmail.com', port: 993, security: 'tls' },
  outgoing: { host: 'smtp.gmail.com', port: 465, security: 'tls' },
  is_elsewhere: false,
}

describe('what was found', () => {
  it('becomes settings for both ways, signed in at the provider where that is possible', () => {
    const { incoming, outgoing } = settingsOf(found)
    expect(incoming).toMatchObject({ kind: 'imap', host: 'imap.gmail.com', auth: 'oauth', provider: 'google' })
    expect(outgoing).toMatchObject({ kind: 'smtp', port: 465, per_minute: 20, user: 'help@example.com' })
  })

  it('leaves out a way that was not found', () => {
    expect(settingsOf({ ...found, incoming: null }).incoming).toEqual(noIncoming)
  })
})

describe('another encryption', () => {
  it('brings its usual port along', () => {
    expect(withSecurity(noIncoming, 'imap', 'starttls').port).toBe(143)
    expect(withSecurity(noOutgoing, 'smtp', 'tls').port).toBe(465)
  })

  it('leaves a port alone that somebody chose', () => {
    expect(withSecurity({ ...noOutgoing, port: 2525 }, 'smtp', 'tls').port).toBe(2525)
  })
})

describe('a kept password', () => {
  const server = { ...noIncoming, kind: 'imap' as const, host: 'imap.example.com', user: 'help' }

  it('is for the same server and user', () => {
    expect(isSameServer(server, { ...server, host: 'IMAP.example.com', folders: ['INBOX', 'Sales'] })).toBe(true)
    expect(isSameServer(server, { ...server, host: 'imap.example.net' })).toBe(false)
    expect(isSameServer(server, { ...server, user: 'other' })).toBe(false)
  })

  it('is not for the same server without encryption', () => {
    expect(isSameServer(server, { ...server, security: 'plain' })).toBe(false)
  })
})

describe('what came of a trial', () => {
  const way = (is_ok: boolean): MailTried => ({ is_ok, steps: [], folders: [] })
  const trial = (change: Partial<MailTrial>): MailTrial => ({ incoming: null, outgoing: null, letter: null, ...change })

  it('is one word', () => {
    expect(outcomeOf(trial({}))).toBe('none')
    expect(outcomeOf(trial({ incoming: way(true) }))).toBe('in')
    expect(outcomeOf(trial({ outgoing: way(true) }))).toBe('out')
    expect(outcomeOf(trial({ incoming: way(true), outgoing: way(true) }))).toBe('both')
    expect(outcomeOf(trial({ incoming: way(true), outgoing: way(true), letter: way(false) }))).toBe('failed')
  })
})

it('sends the server nothing that it only tells', () => {
  expect(patchOf({ name: 'x', webhook_url: 'y', signature: 'Bye', imap_password: 'z' })).toEqual({
    signature: 'Bye',
    imap_password: 'z',
  })
})

it('takes no other part of a mailbox than there is', () => {
  expect(isMailTab('dns')).toBe(true)
  expect(isMailTab('constructor')).toBe(false)
})
