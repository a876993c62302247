import type { Reading } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { keys } from './keys'
import { hearOfTriage, placeReading } from './live-triage'

const reading = (message_id: string, seq: number, more: Partial<Reading> = {}) =>
  ({ message_id, seq, conversation_id: 'c', ...more }) as Reading

it('puts a reading at its place, once, the latest message first', () => {
  const known = [reading('b', 4), reading('a', 2)]
  expect(placeReading(known, reading('c', 6)).map(({ message_id }) => message_id)).toEqual(['c', 'b', 'a'])
  const again = placeReading(known, reading('a', 2, { is_spam: true }))
  expect(again.map(({ message_id, is_spam }) => [message_id, is_spam])).toEqual([
    ['b', undefined],
    ['a', true],
  ])
})

it('hears only of conversations whose readings were asked for', () => {
  const queries = new QueryClient()
  hearOfTriage(queries, { reading: reading('a', 2) })
  expect(queries.getQueryData(keys.conversations.readings('c'))).toBeUndefined()
  queries.setQueryData(keys.conversations.readings('c'), [])
  hearOfTriage(queries, { reading: reading('a', 2) })
  expect(queries.getQueryData(keys.conversations.readings('c'))).toHaveLength(1)
})
