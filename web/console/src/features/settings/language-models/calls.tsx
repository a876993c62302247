import { Button } from '@mantine/core'
import type { ModelCall } from '@rapport/client'
import { IconListSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { Section } from '../parts/page'
import classes from '../settings.module.css'
import own from './language-models.module.css'
import { callsQuery } from './queries'

/** What was asked of models lately: how it ended, what it cost, and what was covered before it left. */
export function Calls() {
  const { t } = useTranslation('models')
  const query = useInfiniteQuery(callsQuery)
  const calls = query.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title={t('calls.title')} text={t('calls.text')}>
      {query.isPending && <RowSkeletons rows={3} height={60} />}
      {query.isError && calls.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && calls.length === 0 && (
        <Empty icon={IconListSearch} title={t('calls.none')} text={t('calls.noneText')} />
      )}
      {calls.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows} aria-label={t('calls.title')}>
            {calls.map((call) => (
              <li key={call.id} className={classes.row}>
                <CallRow call={call} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('calls.more')}
        </Button>
      )}
    </Section>
  )
}

function CallRow({ call }: { call: ModelCall }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  return (
    <>
      <span className={classes.rowText}>
        <span className={classes.rowTitle}>
          {t(`purpose.${call.purpose as 'answer'}`, { defaultValue: call.purpose })}
        </span>
        <span className={classes.rowNote}>
          {call.model && (
            <>
              <bdi dir="ltr">{`${call.model} @ ${call.endpoint}`}</bdi>
              {' · '}
            </>
          )}
          <TimeAgo at={call.created_at} />
        </span>
        <Covered call={call} />
      </span>
      <span className={own.figures}>
        <span className="tabular">
          {t('calls.figures', {
            ms: format.number(call.latency_ms),
            input: format.number(call.input_tokens),
            output: format.number(call.output_tokens),
            cost: format.money(call.cost, call.currency),
          })}
        </span>
        {call.conversation_id && (
          <Link
            to="/inbox/$view/$conversationId"
            params={{ view: 'all', conversationId: call.conversation_id }}
            className={classes.rowLink}
          >
            {t('calls.conversation')}
          </Link>
        )}
      </span>
      <span className={classes.tag} data-kind={call.outcome === 'answered' ? 'on' : 'off'}>
        {t(`calls.outcome.${call.outcome}`)}
      </span>
    </>
  )
}

/** What was replaced before it was sent, and what else is to know of it. */
function Covered({ call }: { call: ModelCall }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const kinds = Object.entries(call.covered).map(([kind, count]) =>
    t('calls.kind', {
      count,
      name: t(`covered.${kind.toLowerCase() as 'email'}`, { defaultValue: kind.toLowerCase() }),
    }),
  )
  const facts = [
    kinds.length > 0 ? t('calls.covered', { kinds: format.list(kinds) }) : t('calls.nothing'),
    ...(call.is_cached ? [t('calls.cached')] : []),
    ...(call.retries > 0 ? [t('calls.retries', { count: call.retries })] : []),
    t(call.has_words ? 'calls.words' : 'calls.noWords'),
  ]
  return <span className={classes.rowNote}>{facts.join(' · ')}</span>
}
