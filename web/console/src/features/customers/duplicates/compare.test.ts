import type { Customer } from '@rapport/client'
import { expect, it } from 'vitest'
import { betterOf, compare } from './compare'

const customer = (more: Partial<Customer>) =>
  ({
    id: 'a',
    name: '',
    email: null,
    phone: null,
    company: null,
    identities: [],
    attributes: {},
    conversation_count: 1,
    first_seen_at: '2026-01-01T00:00:00Z',
    last_seen_at: '2026-02-01T00:00:00Z',
    verified: false,
    ...more,
  }) as Customer

const words = { number: String, date: (at: string) => at.slice(0, 10), value: String }

it('says line by line what is the same, without regard to case', () => {
  const fields = compare(
    customer({ name: 'Jane Doe', email: 'jane@example.com' }),
    customer({ name: 'jane doe', email: 'j.doe@example.com', attributes: { plan: 'gold' } }),
    words,
  )
  const of = (key: string) => fields.find((field) => field.key === key)
  expect(of('name')?.isSame).toBe(true)
  expect(of('email')).toMatchObject({ isSame: false, values: [['jane@example.com'], ['j.doe@example.com']] })
  expect(of('attributes')?.values).toEqual([[], ['plan: gold']])
  expect(of('phone')).toBeUndefined()
})

it('keeps who is proved, else who is known for longer', () => {
  const old = customer({ id: 'old', first_seen_at: '2025-01-01T00:00:00Z' })
  const young = customer({ id: 'young' })
  const proved = customer({ id: 'proved', verified: true })
  expect(betterOf(young, old).id).toBe('old')
  expect(betterOf(old, proved).id).toBe('proved')
})
