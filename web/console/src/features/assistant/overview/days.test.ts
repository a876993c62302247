import { expect, it } from 'vitest'
import { readAnswersSearch, readGapsSearch, readOverviewSearch } from '../search'
import { everyDay, scaleTop, stack } from './days'

it('has a column for each day of the period, also for those without questions and over the end of a month', () => {
  const days = everyDay([{ day: '2026-03-01', answered: 2, handed_over: 1, silent: 0 }], '2026-02-27', 4)

  expect(days.map((each) => each.day)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'])
  expect(days.map((each) => each.answered)).toEqual([0, 0, 2, 0])
})

it('stacks the parts of a day from the ground, each as tall as its share', () => {
  const bars = stack({ day: '2026-03-01', answered: 5, handed_over: 3, silent: 0 }, 10, 100)

  expect(bars).toEqual([
    { key: 'answered', y: 50, height: 50 },
    { key: 'handed_over', y: 20, height: 30 },
  ])
})

it('ends its scale at a round number that nothing exceeds', () => {
  expect([0, 1, 3, 7, 10, 11, 42, 180].map(scaleTop)).toEqual([1, 1, 5, 10, 10, 20, 50, 200])
})

it('reads from the address only what it knows', () => {
  expect(readOverviewSearch({ period: '90d', inbox: 'one', other: 1 })).toEqual({ period: '90d', inbox: 'one' })
  expect(readOverviewSearch({ period: '30d', inbox: '' })).toEqual({})
  expect(readGapsSearch({ state: 'dismissed', order: 'recent' })).toEqual({ state: 'dismissed', order: 'recent' })
  expect(readGapsSearch({ state: 'lost', order: 'count' })).toEqual({})
  expect(readAnswersSearch({ decision: 'silent' })).toEqual({ decision: 'silent' })
  expect(readAnswersSearch({ decision: 'loud' })).toEqual({})
})
