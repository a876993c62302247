import type { RecurringIssue, TrendPoint } from '@rapport/client'
import type { IssueFilter, IssuePeriod } from '../../queries/recurring'

/** How many conversations an issue had in a period; without one, in 30 days. */
export const countOf = (issue: RecurringIssue, period: IssuePeriod = 'month'): number => issue[`${period}_count`]

/** A filter as the address keeps it: only what is not as usual. */
export const searchOf = ({ state, sort, period, product }: IssueFilter) => ({
  ...(state === 'open' ? {} : { state }),
  ...(sort === 'growth' ? {} : { order: sort }),
  ...(period ? { period } : {}),
  ...(product ? { product } : {}),
})

/** What a point of a trend usually is between. */
export interface Band {
  low: number
  high: number
}

/** How far the rate of a steady issue strays from week to week, as the server reckons it. */
const steadiness = 10

/**
 * The range around what is expected: two standard deviations of a count whose rate is itself not quite steady.
 *
 * Null where the issue was too young to expect anything.
 */
export function bandOf({ expected }: TrendPoint): Band | null {
  if (expected === null) return null
  const spread = 2 * Math.sqrt(expected + expected ** 2 / steadiness)
  return { low: Math.max(0, expected - spread), high: expected + spread }
}

/** The end of the vertical axis: a round number at or above everything that is drawn. */
export function ceilingOf(points: readonly TrendPoint[]): number {
  const most = Math.max(1, ...points.map((point) => Math.max(point.count, bandOf(point)?.high ?? 0)))
  const step = 10 ** Math.floor(Math.log10(most))
  const factor = [1, 2, 5, 10].find((each) => each * step >= most) ?? 10
  return Math.max(2, factor * step)
}

export interface Run {
  from: number
  bands: Band[]
}

/** The stretches of a trend where something was expected, each to be drawn on its own. */
export function runsOf(points: readonly TrendPoint[]): Run[] {
  const runs: Run[] = []
  let open: Run | null = null
  points.forEach((point, index) => {
    const band = bandOf(point)
    if (!band) {
      open = null
      return
    }
    if (!open) {
      open = { from: index, bands: [] }
      runs.push(open)
    }
    open.bands.push(band)
  })
  return runs
}
