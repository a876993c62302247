import { SegmentedControl } from '@mantine/core'
import type { RecurringIssueDetail, TrendPoint } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../lib/use-format'
import type { TrendUnit } from '../../queries/recurring'
import { bandOf, ceilingOf, runsOf } from './model'
import classes from './recurring.module.css'

const width = 720
const height = 180
const units = ['hour', 'day', 'week'] as const

interface Props {
  issue: RecurringIssueDetail
  onUnit: (unit: TrendUnit) => void
}

/** How often an issue came up, with what its own past lets expect behind it, and the same as a table. */
export function Trend({ issue, onUnit }: Props) {
  const { t } = useTranslation('recurring')
  const { series, unit } = issue
  const total = series.reduce((sum, point) => sum + point.count, 0)
  return (
    <section className={classes.card} aria-labelledby="trend-title">
      <div className={classes.cardTop}>
        <h2 id="trend-title">{t('trend.title')}</h2>
        <SegmentedControl
          size="xs"
          aria-label={t('trend.unit')}
          value={unit}
          onChange={(value) => onUnit(value as TrendUnit)}
          data={units.map((value) => ({ value, label: t(`trend.${value}`) }))}
        />
      </div>
      <Chart series={series} unit={unit} label={t('trend.label', { count: total })} />
      <p className={classes.legend}>
        <span className={classes.keyCount} aria-hidden /> {t('trend.counted')}
        <span className={classes.keyBand} aria-hidden /> {t('trend.expected')}
      </p>
      <details className={classes.details}>
        <summary>{t('trend.table')}</summary>
        <Table series={series} unit={unit} />
      </details>
    </section>
  )
}

const useTell = (unit: TrendUnit) => {
  const format = useFormat()
  return (at: string) => (unit === 'hour' ? `${format.date(at)} ${format.time(at)}` : format.date(at))
}

function Chart({ series, unit, label }: { series: TrendPoint[]; unit: TrendUnit; label: string }) {
  const format = useFormat()
  const tell = useTell(unit)
  const top = ceilingOf(series)
  const slot = width / Math.max(1, series.length)
  const y = (value: number) => height - (height * value) / top
  const middle = (index: number) => (index + 0.5) * slot
  const bandPath = ({ from, bands }: ReturnType<typeof runsOf>[number]) => {
    const edge = (index: number, value: number) => `${middle(from + index)},${y(value)}`
    const high = bands.map((band, index) => edge(index, band.high))
    const low = bands.map((band, index) => edge(index, band.low)).reverse()
    return `M${[...high, ...low].join('L')}Z`
  }
  const [first, last] = [series.at(0), series.at(-1)]
  return (
    <figure className={classes.chart} dir="ltr">
      <span className={classes.axis}>{format.number(top)}</span>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {runsOf(series).map((run) => (
          <path key={run.from} d={bandPath(run)} className={classes.band} />
        ))}
        {series.map((point, index) => (
          <rect
            key={point.at}
            className={classes.bar}
            data-above={point.count > (bandOf(point)?.high ?? Number.POSITIVE_INFINITY) || undefined}
            x={index * slot + slot * 0.15}
            width={slot * 0.7}
            y={y(point.count)}
            height={height - y(point.count)}
          >
            <title>{`${tell(point.at)}: ${format.number(point.count)}`}</title>
          </rect>
        ))}
        <line x1={0} x2={width} y1={height} y2={height} className={classes.ground} />
      </svg>
      <figcaption className={classes.dates}>
        <span>{first && tell(first.at)}</span>
        <span>{last && tell(last.at)}</span>
      </figcaption>
    </figure>
  )
}

function Table({ series, unit }: { series: TrendPoint[]; unit: TrendUnit }) {
  const { t } = useTranslation('recurring')
  const format = useFormat()
  const tell = useTell(unit)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={classes.tableFrame} tabIndex={0} aria-label={t('trend.table')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('trend.from')}</th>
            <th scope="col">{t('trend.counted')}</th>
            <th scope="col">{t('trend.expected')}</th>
          </tr>
        </thead>
        <tbody>
          {[...series].reverse().map((point) => {
            const band = bandOf(point)
            return (
              <tr key={point.at}>
                <th scope="row">{tell(point.at)}</th>
                <td>{format.number(point.count)}</td>
                <td>
                  {band
                    ? t('trend.between', {
                        low: format.number(Math.floor(band.low)),
                        high: format.number(Math.ceil(band.high)),
                      })
                    : t('trend.unknown')}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
