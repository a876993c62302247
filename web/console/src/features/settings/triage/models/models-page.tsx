import { Button } from '@mantine/core'
import { IconSchool } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../../components/states'
import { useAct } from '../../../../lib/use-act'
import { keys } from '../../../../queries/keys'
import { useLiveTriage } from '../../../../queries/live-triage'
import { useCan } from '../../../../queries/me'
import { modelsQuery, rollBackModel, trainModel } from '../../../../queries/triage'
import { Confirm } from '../../parts/confirm'
import { Page } from '../../parts/page'
import classes from '../../settings.module.css'
import { ModelItem } from './model-item'
import { TrainingRules } from './training-rules'

/** The models that were trained, the latest first, and when the next one is. */
export function ModelsPage(): ReactNode {
  const { t } = useTranslation('triage')
  const query = useInfiniteQuery(modelsQuery)
  useLiveTriage()
  const mayManage = useCan('assistant.manage')
  const models = query.data?.pages.flatMap(({ items }) => items) ?? []
  const train = mayManage && <Train isTraining={models.some(({ state }) => state === 'training')} />
  const hasOneBefore = models.some(({ state, promoted_at }) => state === 'retired' && promoted_at)
  return (
    <Page title={t('models.title')} text={t('models.text')} action={train}>
      {query.isPending && <RowSkeletons rows={3} height={90} />}
      {query.isError && models.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && models.length === 0 && (
        <Empty icon={IconSchool} title={t('models.none')} text={t('models.noneText')} />
      )}
      {models.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows} aria-label={t('models.title')}>
            {models.map((model) => (
              <ModelItem key={model.id} model={model} mayManage={mayManage} />
            ))}
          </ul>
        </div>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {mayManage && hasOneBefore && <RollBack />}
      {mayManage && <TrainingRules />}
    </Page>
  )
}

function Train({ isTraining }: { isTraining: boolean }) {
  const { t } = useTranslation('triage')
  const train = useAct(trainModel, [keys.triage.models])
  return (
    <Button
      leftSection={<IconSchool size={16} aria-hidden />}
      disabled={isTraining}
      loading={train.isPending}
      onClick={() => train.mutate()}
    >
      {t('models.train')}
    </Button>
  )
}

function RollBack() {
  const { t } = useTranslation('triage')
  const [isAsking, setAsking] = useState(false)
  const roll = useAct(rollBackModel, [keys.triage.models], t('models.rolledBack'))
  return (
    <div className={classes.actions} style={{ marginTop: 'var(--rp-space-3)' }}>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('models.rollBack')}
      </Button>
      <Confirm
        opened={isAsking}
        title={t('models.rollBackTitle')}
        text={t('models.rollBackText')}
        act={t('models.rollBack')}
        isBusy={roll.isPending}
        onAct={() => roll.mutate(undefined, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </div>
  )
}
