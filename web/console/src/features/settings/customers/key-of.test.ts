import { expect, it } from 'vitest'
import { keyOf } from './key-of'

it('makes a key of a label', () => {
  expect(keyOf('Favourite Colour!')).toBe('favourite_colour')
  expect(keyOf('Größe (cm)')).toBe('grosse_cm')
  expect(keyOf('  ')).toBe('')
})
