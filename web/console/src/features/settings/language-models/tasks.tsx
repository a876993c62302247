import type { LanguageModels } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useFormat } from '../../../lib/use-format'
import { Section } from '../parts/page'
import classes from '../settings.module.css'
import own from './language-models.module.css'
import { byPurpose } from './model'
import { understandingQuery, usageQuery } from './queries'

/** A name inside a sentence of another direction, so that it does not move the rest. */
const apart = (name: string) => `\u2068${name}\u2069`

const worded = ['answer', 'gap_draft'] as const

/** What each task uses, and what it did without or with a language model lately. */
export function Tasks({ configured }: { configured: LanguageModels }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const usage = useQuery(usageQuery)
  const understanding = useQuery(understandingQuery)
  if (usage.isPending || understanding.isPending) {
    return (
      <Section title={t('tasks.title')}>
        <RowSkeletons rows={3} height={44} />
      </Section>
    )
  }
  const failed = usage.error ?? understanding.error
  if (!usage.data || !understanding.data) {
    return (
      <Section title={t('tasks.title')}>
        <Failed error={failed} retry={() => void Promise.all([usage.refetch(), understanding.refetch()])} />
      </Section>
    )
  }
  const used = byPurpose(usage.data)
  const { models, has_default } = configured
  const first = models[0] ? apart(models[0].model) : has_default ? t('tasks.server') : null
  const others = [...used.values()].filter(({ purpose }) => !worded.some((name) => name === purpose))
  const { model, place } = understanding.data
  const rows = [
    ...worded.map((name) => ({
      key: name,
      task: t(`purpose.${name}`),
      uses: first ? t('tasks.first', { name: first, without: t(`tasks.without.${name}`) }) : t(`tasks.without.${name}`),
      used: used.get(name),
    })),
    ...others.map((each) => ({ key: each.purpose, task: each.purpose, uses: first ?? '–', used: each })),
    {
      key: 'search',
      task: t('tasks.search'),
      uses: model
        ? place
          ? t('tasks.elsewhere', { name: apart(model), place: apart(place) })
          : t('tasks.here', { name: apart(model) })
        : t('tasks.words'),
      used: undefined,
    },
    { key: 'reading', task: t('tasks.reading'), uses: t('tasks.readingUses'), used: undefined },
  ]
  return (
    <Section title={t('tasks.title')} text={t('tasks.text')}>
      <div className={classes.card}>
        <ul className={classes.rows} aria-label={t('tasks.title')}>
          {rows.map(({ key, task, uses, used }) => (
            <li key={key} className={classes.row}>
              <span className={classes.rowText}>
                <span className={classes.rowTitle}>{task}</span>
                <span className={classes.rowNote}>{uses}</span>
              </span>
              {used && (
                <span className={`${own.figures} tabular`}>
                  {t('tasks.figures', { count: used.calls, cost: format.money(used.cost, used.currency) })}
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}
