import { expect, it } from 'vitest'
import { holds, type Listed, withKnown, withoutRow, withRow } from './listed'

interface Thing {
  id: string
  percent: number
}

const thing = (id: string, percent = 0): Thing => ({ id, percent })
const two: Listed<Thing> = {
  pages: [
    { items: [thing('b')], next: 'more' },
    { items: [thing('a')], next: null },
  ],
  pageParams: [null, 'more'],
}
const ids = (data: Listed<Thing>) => data.pages.map(({ items }) => items.map(({ id }) => id))
const percents = (data: Listed<Thing>) => data.pages.flatMap(({ items }) => items.map(({ percent }) => percent))

it('puts what nobody knew first, and what is known where it stands', () => {
  const started = withRow(two, thing('c', 10))
  expect(ids(started)).toEqual([['c', 'b'], ['a']])
  expect(percents(withRow(started, thing('a', 60)))).toEqual([10, 0, 60])
})

it('leaves what is not in the list away when only known rows are wanted', () => {
  expect(ids(withKnown(two, thing('c')))).toEqual([['b'], ['a']])
  expect(percents(withKnown(two, thing('a', 60)))).toEqual([0, 60])
})

it('takes a row off whatever page it is on', () => {
  expect(ids(withoutRow(two, 'a'))).toEqual([['b'], []])
  expect([holds(two, 'a'), holds(two, 'c')]).toEqual([true, false])
})
