import type { Gap } from '@rapport/client'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { gapQuery } from '../../../queries/assistant'
import { useCan } from '../../../queries/me'
import classes from '../assistant.module.css'
import { Head } from '../frame'
import { Acts } from './acts'
import { Near, Questions, Replies, Sources } from './evidence'

const route = getRouteApi('/work/assistant/gaps/$gapId')

/** One gap: who asked, what colleagues answered, what comes near, and what can be done about it. */
export function GapPage(): ReactNode {
  const { t } = useTranslation('assistant')
  const { gapId } = route.useParams()
  const query = useQuery(gapQuery(gapId))
  return (
    <>
      <Link to="/assistant/gaps" className={classes.back}>
        <IconArrowLeft size={16} className={classes.mirrored} aria-hidden />
        {t('gaps.title')}
      </Link>
      {query.isPending && <RowSkeletons rows={4} height={120} />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && <OpenGap key={gapId} gap={query.data} />}
    </>
  )
}

/** A gap with everything the server knows of it. */
export function OpenGap({ gap }: { gap: Gap }) {
  const mayWrite = useCan('knowledge.write')
  const { t } = useTranslation('assistant')
  return (
    <>
      <Head title={<bdi lang={gap.language || undefined}>{gap.question || t('gaps.unreadable')}</bdi>} />
      <Standing gap={gap} />
      {mayWrite && gap.state !== 'merged' && <Acts gap={gap} />}
      <div className={classes.cards}>
        <Questions gap={gap} />
        <Replies gap={gap} />
        <Near gap={gap} mayLink={mayWrite && gap.state !== 'merged'} />
        {gap.sources.length > 0 && <Sources gap={gap} />}
      </div>
    </>
  )
}

function Standing({ gap }: { gap: Gap }) {
  const { t } = useTranslation('assistant')
  return (
    <p className={classes.standing}>
      <span className={classes.mark} data-state={gap.state}>
        {t(`gaps.states.${gap.state}`)}
      </span>
      <span>{t('gaps.asked', { count: gap.asked })}</span>
      <span>{t('gaps.customers', { count: gap.customers })}</span>
      <span>
        {t('gaps.first')} <TimeAgo at={gap.first_asked_at} />
      </span>
      <span>
        {t('gaps.last')} <TimeAgo at={gap.last_asked_at} />
      </span>
      {gap.article && (
        <span>
          {t('gaps.article')}{' '}
          <Link to="/knowledge/$articleId" params={{ articleId: gap.article.id }} className={classes.link}>
            <bdi>{gap.article.title}</bdi>
          </Link>{' '}
          ({t(`gaps.status.${gap.article.status}`)})
        </span>
      )}
      {gap.merged_into_id && (
        <Link to="/assistant/gaps/$gapId" params={{ gapId: gap.merged_into_id }} className={classes.link}>
          {t('gaps.mergedInto')}
        </Link>
      )}
    </p>
  )
}
