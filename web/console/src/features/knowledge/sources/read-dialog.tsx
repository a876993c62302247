import { Modal } from '@mantine/core'
import type { Id } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { tryPage } from '../../../queries/sources'
import { PageText } from './page-text'
import classes from './sources.module.css'

interface Props {
  websiteId: Id
  url: string
  onClose: () => void
}

/** A page as the assistant would read it now: it is asked for again, since the text itself is not handed out. */
export function ReadDialog({ websiteId, url, onClose }: Props) {
  const { t } = useTranslation(['sources', 'common'])
  const trial = useQuery({
    queryKey: ['page-trial', websiteId, url],
    queryFn: () => tryPage(websiteId, url),
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('sources:trial.now')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <p className={classes.address} dir="ltr">
        {url}
      </p>
      {trial.isPending && <RowSkeletons rows={3} />}
      {trial.isError && <Failed error={trial.error} retry={() => void trial.refetch()} />}
      {trial.data && <PageText trial={trial.data} />}
    </Modal>
  )
}
