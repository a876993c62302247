import { describe, expect, it } from 'vitest'
import type { ReplyDefaults } from '../../../../queries/mail'
import { faultOf, fieldsOf, reachOf, warningsFor } from './fields'

const jane = { name: 'Jane', address: 'jane@example.com' }
const bob = { name: 'Bob', address: 'bob@example.com' }
const eve = { name: '', address: 'eve@example.com' }

const defaults: ReplyDefaults = {
  inbox_id: 'i',
  from: { name: 'Support', address: 'support@rapport.example' },
  to: [jane],
  cc: [bob],
  bcc: [],
  subject: 'Re: Hello',
  quote: true,
  can_quote: true,
  is_authenticated: true,
  undo_s: 10,
  why_not: null,
  warnings: [{ address: 'BOB@example.com', kind: 'bounced', at: '2026-05-01T10:00:00Z', detail: 'no such user' }],
}

it('takes the defaults where nothing was changed', () => {
  expect(fieldsOf(defaults, { cc: [] })).toEqual({
    to: [jane],
    cc: [],
    bcc: [],
    subject: 'Re: Hello',
    quote: true,
  })
})

it('begins with nobody while the defaults are not there', () => {
  expect(faultOf(fieldsOf(undefined, {}))).toBe('nobody')
})

describe('recipients', () => {
  it('must be somebody, at an address', () => {
    expect(faultOf({ to: [], cc: [], bcc: [] })).toBe('nobody')
    expect(faultOf({ to: [], cc: [], bcc: [jane] })).toBeNull()
    expect(faultOf({ to: [jane], cc: [{ name: '', address: 'bob' }], bcc: [] })).toBe('invalid')
  })

  it('are everybody, only the sender, or chosen by hand', () => {
    expect(reachOf(defaults, { to: [jane], cc: [bob], bcc: [] })).toBe('all')
    expect(reachOf(defaults, { to: [jane], cc: [], bcc: [] })).toBe('sender')
    expect(reachOf(defaults, { to: [jane], cc: [eve], bcc: [] })).toBe('own')
    expect(reachOf(defaults, { to: [jane], cc: [bob], bcc: [eve] })).toBe('own')
    expect(reachOf(defaults, { to: [eve], cc: [bob], bcc: [] })).toBe('own')
  })

  it('are warned about only while they would get it', () => {
    expect(warningsFor(defaults, { to: [jane], cc: [bob], bcc: [] })).toHaveLength(1)
    expect(warningsFor(defaults, { to: [jane], cc: [], bcc: [] })).toHaveLength(0)
  })
})
