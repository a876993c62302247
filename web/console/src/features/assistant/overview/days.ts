import type { AssistantOverview } from '@rapport/client'

export type Day = AssistantOverview['days'][number]

const dayMs = 86_400_000

/**
 * Every day from `since` on, `count` of them, with zeros for those on which nothing was asked.
 *
 * Days are of UTC, as the server counts them.
 */
export function everyDay(days: readonly Day[], since: string, count: number): Day[] {
  const known = new Map(days.map((each) => [each.day, each]))
  const first = Date.parse(`${since}T00:00:00Z`)
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(first + index * dayMs).toISOString().slice(0, 10)
    return known.get(day) ?? { day, answered: 0, handed_over: 0, silent: 0 }
  })
}

export const totalOf = (day: Day) => day.answered + day.handed_over + day.silent

export interface Bar {
  key: 'answered' | 'handed_over' | 'silent'
  y: number
  height: number
}

/** The parts of a day's column in a picture `height` tall, from the ground up, where `most` reaches the top. */
export function stack(day: Day, most: number, height: number): Bar[] {
  let top = height
  return (['answered', 'handed_over', 'silent'] as const)
    .filter((key) => day[key] > 0)
    .map((key) => {
      const part = (day[key] / most) * height
      top -= part
      return { key, y: top, height: part }
    })
}

/** The next number of the kind 1, 2, 5, 10, 20 … that is not below `most`: where the scale ends. */
export function scaleTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)))
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= most) ?? 1
}
