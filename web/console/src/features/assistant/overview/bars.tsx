import type { ReactNode } from 'react'
import { useFormat } from '../../../lib/use-format'
import classes from './charts.module.css'

export interface Counted {
  key: string
  label: ReactNode
  count: number
  series?: 'answered' | 'handed_over' | 'silent'
}

/** Counts side by side: each with its name, its number, and a bar whose length starts at zero. */
export function Bars({ items, label }: { items: Counted[]; label: string }) {
  const format = useFormat()
  const most = Math.max(1, ...items.map((each) => each.count))
  return (
    <ul className={classes.bars} aria-label={label}>
      {items.map((each) => (
        <li key={each.key}>
          <span className={classes.barLabel}>{each.label}</span>
          <span className={classes.barTrack} aria-hidden>
            <span
              className={classes.bar}
              data-series={each.series}
              style={{ inlineSize: `${(100 * each.count) / most}%` }}
            />
          </span>
          <span className={classes.barCount}>{format.number(each.count)}</span>
        </li>
      ))}
    </ul>
  )
}
