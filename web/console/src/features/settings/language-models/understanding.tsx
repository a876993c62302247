import { Alert } from '@mantine/core'
import type { SearchIndex, Understanding as Understood } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../../components/progress'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { Section } from '../parts/page'
import { Copyable } from '../parts/secret'
import classes from '../settings.module.css'
import own from './language-models.module.css'
import { indexesQuery, understandingQuery } from './queries'

const trial = 'rapport models add https://models.example.com/v1 --kind embeddings --model NAME --key-env KEY'

/** What understands meanings, which languages it does, and how far another one that takes over is. */
export function Understanding() {
  const { t } = useTranslation('models')
  const model = useQuery(understandingQuery)
  const indexes = useQuery(indexesQuery)
  return (
    <Section title={t('meaning.title')} text={t('meaning.text')}>
      {model.isPending && <RowSkeletons rows={2} height={44} />}
      {model.isError && <Failed error={model.error} retry={() => void model.refetch()} />}
      {model.data && <About model={model.data} />}
      {indexes.data && indexes.data.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows} aria-label={t('meaning.indexes')}>
            {indexes.data.map((index) => (
              <Index key={index.model} index={index} />
            ))}
          </ul>
        </div>
      )}
      <details className={own.how}>
        <summary>{t('meaning.change')}</summary>
        <p className={classes.text}>{t('meaning.changeText')}</p>
        <Copyable value={trial} />
      </details>
    </Section>
  )
}

function About({ model }: { model: Understood }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const missed = model.locales.filter(({ is_understood }) => !is_understood)
  const languages = format.list(
    missed.map(({ locale, articles }) => t('meaning.articles', { count: articles, language: format.language(locale) })),
  )
  const text = !model.model
    ? t('meaning.none')
    : model.place
      ? t('meaning.elsewhere', { place: model.place })
      : t('meaning.english')
  return (
    <Alert color={missed.length > 0 || !model.model ? 'yellow' : 'blue'} mb="sm">
      <p className={classes.text} style={{ color: 'inherit' }}>
        {text}
      </p>
      {missed.length > 0 && model.model && (
        <p className={classes.text} style={{ color: 'inherit' }}>
          {t('meaning.missed', { languages })}
        </p>
      )}
    </Alert>
  )
}

function Index({ index }: { index: SearchIndex }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const counts = { done: format.number(index.done), total: format.number(index.total) }
  return (
    <li>
      <div className={classes.row}>
        <span className={classes.rowText}>
          <bdi className={classes.rowTitle} dir="ltr">
            {index.model}
          </bdi>
          <span className={classes.rowNote}>
            {t('meaning.done', counts)} · <TimeAgo at={index.since} />
          </span>
        </span>
        <span className={classes.tag} data-kind={index.state === 'serving' ? 'on' : undefined}>
          {t(`meaning.state.${index.state}`)}
        </span>
      </div>
      {index.state === 'building' && (
        <div className={own.inside} role="status">
          <Advance label={t('meaning.progress', { name: index.model })} done={index.done} total={index.total} />
        </div>
      )}
      {index.error && (
        <p className={own.inside} role="alert">
          {t('meaning.error', { error: index.error })}
        </p>
      )}
    </li>
  )
}
