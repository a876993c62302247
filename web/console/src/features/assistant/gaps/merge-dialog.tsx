import { Button, Modal } from '@mantine/core'
import type { GapRow, Id } from '@rapport/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { gapsQuery, mergeGap } from '../../../queries/assistant'
import { keys } from '../../../queries/keys'
import classes from '../assistant.module.css'

interface Props {
  gap: GapRow
  onClose: () => void
}

/** Into which open gap its questions go. It cannot be undone, so the choice is confirmed. */
export function MergeDialog({ gap, onClose }: Props) {
  const { t } = useTranslation(['assistant', 'common'])
  const navigate = useNavigate()
  const [into, setInto] = useState<GapRow>()
  const query = useInfiniteQuery(gapsQuery({ state: 'open', sort: 'count' }))
  const give = async (intoId: Id) => {
    await mergeGap({ id: gap.id, intoId })
    onClose()
    await navigate({ to: '/assistant/gaps/$gapId', params: { gapId: intoId } })
  }
  const merge = useAct(give, [keys.assistant.gaps, keys.assistant.overviews], t('assistant:gap.merged'))
  const others = query.data?.pages.flatMap((page) => page.items).filter((each) => each.id !== gap.id) ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('assistant:gap.mergeTitle')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <p className={classes.soft}>{t('assistant:gap.mergeText', { count: gap.asked })}</p>
      {query.isPending && <RowSkeletons rows={4} height={40} />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && others.length === 0 && <p className={classes.soft}>{t('assistant:gap.noOthers')}</p>}
      <ul className={classes.choices} aria-label={t('assistant:gap.mergeTitle')}>
        {others.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              className={classes.choice}
              aria-pressed={into?.id === each.id}
              onClick={() => setInto(each)}
            >
              <bdi>{each.question || t('assistant:gaps.unreadable')}</bdi>
              <span className={classes.note}>{t('assistant:gaps.asked', { count: each.asked })}</span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('assistant:more')}
        </Button>
      )}
      <div className={classes.dialogActs}>
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button disabled={!into} loading={merge.isPending} onClick={() => into && merge.mutate(into.id)}>
          {t('assistant:gap.merge')}
        </Button>
      </div>
    </Modal>
  )
}
