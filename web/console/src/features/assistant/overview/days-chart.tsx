import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import { decisions } from '../search'
import classes from './charts.module.css'
import { type Day, scaleTop, stack, totalOf } from './days'

const width = 720
const height = 160

/** What was asked on each day and what came of it, as columns; the numbers are in the table behind them. */
export function DaysChart({ days }: { days: Day[] }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const most = scaleTop(Math.max(...days.map(totalOf)))
  const step = width / days.length
  const first = days[0]
  const last = days.at(-1)
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.legend}>
        {decisions.map((each) => (
          <span key={each} className={classes.sign} data-series={each}>
            {t(`decision.${each}`)}
          </span>
        ))}
      </figcaption>
      <div className={classes.plot}>
        <span className={classes.scale} aria-hidden>
          <span>{format.number(most)}</span>
          <span>{format.number(0)}</span>
        </span>
        <svg
          className={classes.columns}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('overview.daysPicture', { count: days.length })}
        >
          <line x1="0" x2={width} y1="0.5" y2="0.5" className={classes.line} />
          {days.map((day, index) => (
            <g key={day.day} transform={`translate(${index * step} 0)`}>
              {stack(day, most, height).map((bar) => (
                <rect
                  key={bar.key}
                  data-series={bar.key}
                  x={step * 0.1}
                  y={bar.y}
                  width={step * 0.8}
                  height={bar.height}
                />
              ))}
            </g>
          ))}
          <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} className={classes.line} />
        </svg>
      </div>
      {first && last && (
        <div className={classes.ends} aria-hidden>
          <span>{format.utcDate(first.day)}</span>
          <span>{format.utcDate(last.day)}</span>
        </div>
      )}
      <DaysTable days={days} />
    </figure>
  )
}

function DaysTable({ days }: { days: Day[] }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  return (
    <details className={classes.numbers}>
      <summary>{t('overview.asTable')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className={classes.frame} tabIndex={0} aria-label={t('overview.perDay')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('overview.day')}</th>
              {decisions.map((each) => (
                <th key={each} scope="col">
                  {t(`decision.${each}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days
              .filter((day) => totalOf(day) > 0)
              .map((day) => (
                <tr key={day.day}>
                  <th scope="row">{format.utcDate(day.day)}</th>
                  {decisions.map((each) => (
                    <td key={each}>{format.number(day[each])}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
