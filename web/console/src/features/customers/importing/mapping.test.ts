import { expect, it } from 'vitest'
import { attributeFields, doubledIn, hasMatch, shareDone } from './mapping'

it('finds the fields that two columns go to, and leaves those out that go nowhere', () => {
  expect(doubledIn({ Mail: 'email', 'E-Mail 2': 'email', Note: null, Other: null })).toEqual(['email'])
})

it('knows whether customers can be recognised', () => {
  expect(hasMatch({ Mail: 'email' }, 'email')).toBe(true)
  expect(hasMatch({ Mail: null }, 'email')).toBe(false)
})

it('offers defined attributes, and the column itself as a new one', () => {
  const plan = {
    id: 'p',
    key: 'plan',
    label: 'Plan',
    kind: 'text',
    choices: [],
    position: 0,
    is_archived: false,
  } as const
  const offered = (column: string) => attributeFields(column, [{ ...plan, choices: [] }]).map(({ field }) => field)
  expect(offered('Size (cm)')).toEqual(['attributes.plan', 'attributes.Size cm'])
  expect(offered('plan')).toEqual(['attributes.plan'])
  expect(offered('!!')).toEqual(['attributes.plan'])
})

it('is nowhere while nobody knows how many rows there are', () => {
  expect(shareDone({ rows_done: 5, rows_total: null })).toBe(0)
  expect(shareDone({ rows_done: 5, rows_total: 20 })).toBe(0.25)
})
