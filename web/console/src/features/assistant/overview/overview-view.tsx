import type { Answer, AssistantOverview } from '@rapport/client'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import classes from '../assistant.module.css'
import { Card } from '../frame'
import { GapLine } from '../gaps/gap-line'
import { Bars } from './bars'
import { everyDay } from './days'
import { DaysChart } from './days-chart'

interface Props {
  overview: AssistantOverview
  /** How many days it is about. */
  days: number
  /** Whether it is about one inbox; some numbers are about all all the same. */
  isFiltered: boolean
}

/** The numbers, the pictures, and where each leads. */
export function OverviewView({ overview, days, isFiltered }: Props) {
  const { t } = useTranslation('assistant')
  return (
    <div className={classes.cards}>
      {overview.questions > 0 && (
        <>
          <Numbers overview={overview} />
          <Card title={t('overview.perDay')} text={t('overview.utc')} isWide>
            <DaysChart days={everyDay(overview.days, overview.since, days)} />
          </Card>
          <Reasons overview={overview} />
          <Confidence bins={overview.confidence} />
        </>
      )}
      <TopGaps overview={overview} isFiltered={isFiltered} />
      <Known overview={overview} />
      <Costs costs={overview.costs} isFiltered={isFiltered} />
    </div>
  )
}

function Numbers({ overview }: { overview: AssistantOverview }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const share = (count: number) => format.percent(count / overview.questions)
  return (
    <dl className={classes.numbers}>
      <div>
        <dt>{t('overview.questions')}</dt>
        <dd>{format.number(overview.questions)}</dd>
      </div>
      {(['answered', 'handed_over', 'silent'] as const).map((decision) => (
        <div key={decision}>
          <dt>
            <Link to="/assistant/answers" search={{ decision }} className={classes.link}>
              {t(`decision.${decision}`)}
            </Link>
          </dt>
          <dd>
            {format.number(overview[decision])} <small>{share(overview[decision])}</small>
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('overview.takenUp')}</dt>
        <dd>
          {overview.taken_up_share === null ? '–' : format.percent(overview.taken_up_share)}{' '}
          <small>
            {t('overview.takenUpOf', {
              taken: format.number(overview.conversations_taken_up),
              count: overview.conversations_answered,
            })}
          </small>
        </dd>
      </div>
    </dl>
  )
}

function Reasons({ overview }: { overview: AssistantOverview }) {
  const { t } = useTranslation(['assistant', 'inbox'])
  const items = overview.reasons.map(({ decision, reason, count }) => ({
    key: `${decision} ${reason}`,
    label: `${t(`assistant:decision.${decision}`)}: ${t(`inbox:answer.reasons.${reason as Answer['reason']}`, reason)}`,
    count,
    series: decision,
  }))
  return (
    <Card title={t('assistant:overview.reasons')} text={t('assistant:overview.reasonsText')}>
      <Bars items={items} label={t('assistant:overview.reasons')} />
    </Card>
  )
}

function Confidence({ bins }: { bins: number[] }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const items = bins.map((count, index) => ({
    key: String(index),
    label: t('overview.between', {
      from: format.percent(index / bins.length),
      to: format.percent((index + 1) / bins.length),
    }),
    count,
  }))
  return (
    <Card title={t('overview.confidence')} text={t('overview.confidenceText')}>
      <Bars items={items} label={t('overview.confidence')} />
    </Card>
  )
}

function TopGaps({ overview, isFiltered }: { overview: AssistantOverview; isFiltered: boolean }) {
  const { t } = useTranslation('assistant')
  return (
    <Card title={t('overview.topGaps')} {...(isFiltered ? { text: t('overview.ofAll') } : {})} isWide>
      {overview.top_gaps.length === 0 ? (
        <p className={classes.soft}>{t('gaps.none.open')}</p>
      ) : (
        <ul className={classes.rows}>
          {overview.top_gaps.map((gap) => (
            <li key={gap.id}>
              <GapLine gap={gap} />
            </li>
          ))}
        </ul>
      )}
      <Link to="/assistant/gaps" className={classes.link}>
        {t('overview.allGaps')}
      </Link>
    </Card>
  )
}

function Known({ overview }: { overview: AssistantOverview }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const items = overview.articles.map(({ locale, articles }) => ({
    key: locale,
    label: format.language(locale),
    count: articles,
  }))
  return (
    <Card title={t('overview.knows')} text={t('overview.knowsText')}>
      {items.length > 0 ? (
        <Bars items={items} label={t('overview.knows')} />
      ) : (
        <p className={classes.soft}>{t('overview.knowsNothing')}</p>
      )}
      <Link to="/knowledge" className={classes.link}>
        {t('overview.toKnowledge')}
      </Link>
    </Card>
  )
}

function Costs({ costs, isFiltered }: { costs: AssistantOverview['costs']; isFiltered: boolean }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const seconds = (ms: number | null) =>
    ms === null ? '–' : t('overview.seconds', { value: format.number(ms / 1_000) })
  const facts = {
    cost: format.money(costs.cost, costs.currency),
    calls: format.number(costs.calls),
    input: format.number(costs.input_tokens),
    output: format.number(costs.output_tokens),
    usually: seconds(costs.latency_p50_ms),
    slow: seconds(costs.latency_p95_ms),
  }
  return (
    <Card title={t('overview.costs')} text={t(isFiltered ? 'overview.costsOfAll' : 'overview.costsText')}>
      <dl className={classes.facts}>
        {Object.entries(facts).map(([key, value]) => (
          <div key={key}>
            <dt>{t(`overview.cost.${key as keyof typeof facts}`)}</dt>
            <dd className="tabular">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
