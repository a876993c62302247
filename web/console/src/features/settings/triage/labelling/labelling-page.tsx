import { Anchor, Button } from '@mantine/core'
import type { IntentRow } from '@rapport/client'
import { IconChecks, IconTarget } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../../components/states'
import { useLiveTriage } from '../../../../queries/live-triage'
import { intentsQuery, isOffered, queueQuery } from '../../../../queries/triage'
import { Page } from '../../parts/page'
import { Card } from './card'
import { useLabelling } from './use-labelling'

/** Messages of which a label would teach most, one after the other, by keyboard. */
export function LabellingPage(): ReactNode {
  const { t } = useTranslation('triage')
  const queue = useQuery(queueQuery)
  const intents = useQuery(intentsQuery)
  useLiveTriage()
  const failed = queue.isError && !queue.data ? queue : intents.isError && !intents.data ? intents : null
  return (
    <Page title={t('queue.title')} text={t('queue.text')}>
      {failed ? (
        <Failed error={failed.error} retry={() => void failed.refetch()} />
      ) : queue.data && intents.data ? (
        <Queue items={queue.data.items} intents={intents.data.filter(isOffered)} isFetching={queue.isFetching} />
      ) : (
        <RowSkeletons rows={3} height={120} />
      )}
    </Page>
  )
}

interface Props {
  items: Parameters<typeof useLabelling>[0]
  intents: IntentRow[]
  isFetching: boolean
}

function Queue({ items, intents, isFetching }: Props) {
  const { t } = useTranslation('triage')
  const labelling = useLabelling(items)
  if (intents.length === 0) {
    const link = (
      <Anchor component={Link} to="/settings/intents">
        {t('queue.toIntents')}
      </Anchor>
    )
    return <Empty icon={IconTarget} title={t('queue.noIntents')} text={t('queue.noIntentsText')} action={link} />
  }
  if (labelling.current) return <Card item={labelling.current} intents={intents} labelling={labelling} />
  if (isFetching) return <RowSkeletons rows={3} height={120} />
  const back = labelling.canGoBack && (
    <Button variant="default" onClick={labelling.goBack}>
      {t('queue.back')}
    </Button>
  )
  return (
    <Empty
      icon={IconChecks}
      title={t('queue.empty')}
      text={labelling.count > 0 ? t('queue.thanks', { count: labelling.count }) : t('queue.emptyText')}
      action={back}
    />
  )
}
