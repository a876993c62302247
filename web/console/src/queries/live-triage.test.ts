import type { Reading, TriageModelRow } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { keys } from './keys'
import { hearOfTriage, type ModelsData, placeModel, placeReading } from './live-triage'

const reading = (message_id: string, seq: number, more: Partial<Reading> = {}) =>
  ({ message_id, seq, conversation_id: 'c', ...more }) as Reading
const model = (id: string, state: TriageModelRow['state'], percent = 0) => ({ id, state, percent }) as TriageModelRow

it('puts a reading at its place, once, the latest message first', () => {
  const known = [reading('b', 4), reading('a', 2)]
  expect(placeReading(known, reading('c', 6)).map(({ message_id }) => message_id)).toEqual(['c', 'b', 'a'])
  const again = placeReading(known, reading('a', 2, { is_spam: true }))
  expect(again.map(({ message_id, is_spam }) => [message_id, is_spam])).toEqual([
    ['b', undefined],
    ['a', true],
  ])
})

it('shows a model that nobody knew as the latest, and one that is known where it stands', () => {
  const known: ModelsData = {
    pages: [
      { items: [model('b', 'serving')], next: 'more' },
      { items: [model('a', 'retired')], next: null },
    ],
    pageParams: [null, 'more'],
  }
  const started = placeModel(known, model('c', 'training', 10))
  expect(started.pages.map(({ items }) => items.map(({ id }) => id))).toEqual([['c', 'b'], ['a']])
  const further = placeModel(started, model('c', 'training', 60))
  expect(further.pages[0]?.items.map(({ percent }) => percent)).toEqual([60, 0])
})

it('hears only of conversations whose readings were asked for', () => {
  const queries = new QueryClient()
  hearOfTriage(queries, { reading: reading('a', 2) })
  expect(queries.getQueryData(keys.conversations.readings('c'))).toBeUndefined()
  queries.setQueryData(keys.conversations.readings('c'), [])
  hearOfTriage(queries, { reading: reading('a', 2) })
  expect(queries.getQueryData(keys.conversations.readings('c'))).toHaveLength(1)
})
