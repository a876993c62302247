import { expect, it } from 'vitest'
import { sliceCharacters } from './code-points'

it('counts a character outside the basic plane as one', () => {
  expect(sliceCharacters('🙂🙂 order A-17 please', 9, 13)).toBe('A-17')
  expect(sliceCharacters('order A-17', 6, 10)).toBe('A-17')
})

it('never cuts a character in half', () => {
  expect(sliceCharacters('a😀b', 1, 2)).toBe('😀')
})
