import { expect, it } from 'vitest'
import type { AttributeDefinition } from '../../../queries/profile'
import { fromText, linesOf, toText } from './values'

const definition = (key: string, more: Partial<AttributeDefinition> = {}): AttributeDefinition => ({
  id: key,
  key,
  label: key,
  kind: 'text',
  choices: [],
  position: 0,
  is_archived: false,
  ...more,
})

it('reads what was typed as its attribute wants it', () => {
  expect(fromText(' 12,5 ', 'number')).toBe(12.5)
  expect(fromText('true', 'bool')).toBe(true)
  expect(fromText('false', 'bool')).toBe(false)
  expect(fromText('2026-05-01', 'date')).toBe('2026-05-01')
  expect(fromText('  ', 'number')).toBeNull()
  expect(() => fromText('many', 'number')).toThrow(RangeError)
})

it('writes a value as a field shows it', () => {
  expect([toText(null), toText(0), toText(false), toText('x')]).toEqual(['', '0', 'false', 'x'])
})

it('shows defined attributes first, and old ones only where they say something', () => {
  const lines = linesOf({ zebra: 1, plan: 'gold', old: 'yes' }, [
    definition('plan'),
    definition('age'),
    definition('old', { is_archived: true }),
    definition('gone', { is_archived: true }),
  ])
  expect(lines.map((line) => [line.key, line.value])).toEqual([
    ['plan', 'gold'],
    ['age', null],
    ['old', 'yes'],
    ['zebra', 1],
  ])
})
