import { describe, expect, it } from 'vitest'
import type { Delivery, Mail, MailVerdict } from '../../../queries/mail'
import {
  deliveriesBySeq,
  heldOf,
  isScheduled,
  type MailsData,
  mailsBySeq,
  placeDelivery,
  placeMail,
  secondsLeft,
  standingOf,
} from './mail'

const mail = (seq: number, more: Partial<Mail> = {}): Mail => ({
  conversation_id: 'c',
  seq,
  sender: { name: 'Jane', address: 'jane@example.com' },
  reply_to: null,
  to: [],
  cc: [],
  subject: 'Hello',
  quoted_html: '',
  verdict: null,
  auto: null,
  is_stranger: false,
  notices: [],
  has_raw: true,
  ...more,
})

const pages = (...seqs: number[][]): MailsData => ({
  pages: seqs.map((page, index) => ({ items: page.map((seq) => mail(seq)), next: index ? null : '5' })),
  pageParams: seqs.map((_, index) => index),
})

const seqsOf = (data: MailsData) => data.pages.map((page) => page.items.map((item) => item.seq))

const delivery = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  id,
  conversation_id: 'c',
  inbox_id: 'i',
  channel: 'email',
  seq: null,
  state: 'held',
  due_at: '2026-05-01T10:00:10Z',
  attempts: 0,
  reason: null,
  response: null,
  recipients: { to: [], cc: [], bcc: [] },
  refused: [],
  client_id: null,
  draft: { body: 'Hi', html: '<p>Hi</p>', attachments: [], subject: null, quote: false, resolve: false },
  author: { kind: 'agent', id: 'me', name: 'Me' },
  is_automatic: false,
  sent_at: null,
  created_at: '2026-05-01T10:00:00Z',
  ...more,
})

describe('mails that come in live', () => {
  it('stand at their place on the page that covers them', () => {
    expect(seqsOf(placeMail(pages([6, 9], [2, 4]), mail(8)))).toEqual([
      [6, 8, 9],
      [2, 4],
    ])
    expect(seqsOf(placeMail(pages([6, 9], [2, 4]), mail(3)))).toEqual([
      [6, 9],
      [2, 3, 4],
    ])
  })

  it('replace what was known of them, also when the event comes twice', () => {
    const once = placeMail(pages([6, 9], [2, 4]), mail(4, { is_stranger: true }))
    const twice = placeMail(once, mail(4, { is_stranger: true }))
    expect(seqsOf(twice)).toEqual([
      [6, 9],
      [2, 4],
    ])
    expect(mailsBySeq(twice).get(4)?.is_stranger).toBe(true)
  })

  it('go into an empty conversation', () => {
    expect(seqsOf(placeMail(pages([]), mail(1)))).toEqual([[1]])
  })
})

describe('deliveries', () => {
  it('are in the order in which they were written, each as it is now', () => {
    const first = delivery('a')
    const second = delivery('b', { created_at: '2026-05-01T10:01:00Z' })
    const both = placeDelivery(placeDelivery([], second), first)
    expect(both.map((each) => each.id)).toEqual(['a', 'b'])

    const released = placeDelivery(both, delivery('a', { state: 'queued', seq: 4, draft: null }))
    expect(heldOf(released).map((each) => each.id)).toEqual(['b'])
    expect(deliveriesBySeq(released).get(4)?.state).toBe('queued')
  })

  it('that only wait to be taken back are not scheduled', () => {
    expect(isScheduled(delivery('a'))).toBe(false)
    expect(isScheduled(delivery('a', { due_at: '2026-05-01T18:00:00Z' }))).toBe(true)
  })

  it('count down by the clock of the server', () => {
    const now = Date.parse('2026-05-01T10:00:32.5Z')
    expect(secondsLeft(delivery('a'), now, 30_000)).toBe(8)
    expect(secondsLeft(delivery('a'), now, 0)).toBe(0)
  })
})

describe('what is known about a sender', () => {
  const verdict = (more: Partial<MailVerdict>): MailVerdict => ({
    is_authenticated: false,
    spf: 'none',
    dkim: 'none',
    dmarc: 'none',
    arc: 'none',
    domain: 'example.com',
    by: 'nobody',
    reasons: [],
    ...more,
  })

  it.each([
    ['proved', { is_authenticated: true, spf: 'fail', dmarc: 'pass' }],
    ['unproved', {}],
    ['unproved', { spf: 'softfail', dkim: 'fail' }],
    ['unproved', { spf: 'fail', dkim: 'pass' }],
    ['failed', { dmarc: 'fail' }],
    ['failed', { spf: 'fail' }],
    ['failed', { reasons: ['front_says_no'] }],
  ] as const)('is %s', (standing, more) => {
    expect(standingOf(verdict(more as Partial<MailVerdict>))).toBe(standing)
  })
})
