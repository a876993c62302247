import type { Customer } from '@rapport/client'
import { expect, it } from 'vitest'
import { changesOf } from './edit-dialog'

const customer = { name: 'Ada', email: 'ada@example.com', phone: null, company: 'Engines' } as Customer
const same = { name: 'Ada', email: 'ada@example.com', phone: '', company: 'Engines' }

it('sends only what was changed', () => {
  expect(changesOf(customer, same)).toEqual({})
  expect(changesOf(customer, { ...same, phone: ' +44 1 ' })).toEqual({ phone: '+44 1' })
})

it('empties a field with null, and a name with nothing', () => {
  expect(changesOf(customer, { ...same, company: '', name: ' ' })).toEqual({ company: null, name: '' })
})
