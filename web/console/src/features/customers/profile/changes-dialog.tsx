import { Button, Modal } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useWords } from '../../../lib/use-words'
import { type Change, changesQuery } from '../../../queries/profile'
import classes from '../customers.module.css'

interface Props {
  customerId: string
  /** As the server names it, such as `attributes.plan`. */
  field: string
  label: string
  onClose: () => void
}

/** What a field was before, who changed it, and when. */
export function ChangesDialog({ customerId, field, label, onClose }: Props) {
  const { t } = useTranslation(['people', 'common'])
  const query = useInfiniteQuery(changesQuery(customerId, field))
  const changes = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('people:changes.title', { label })}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {query.isPending && <RowSkeletons rows={3} height={44} />}
      {query.isError && changes.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && changes.length === 0 && <p className={classes.quiet}>{t('people:changes.none')}</p>}
      <ol className={classes.timeline}>
        {changes.map((change) => (
          <li key={change.id}>
            <Row change={change} />
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('people:more')}
        </Button>
      )}
    </Modal>
  )
}

function Row({ change }: { change: Change }) {
  const { t } = useTranslation('people')
  const words = useWords()
  const told = (value: unknown) => (value === null || value === undefined || value === '' ? '–' : words(value))
  return (
    <>
      <span className={classes.entryTop}>
        <span>
          <bdi className={classes.was}>{told(change.old)}</bdi>
          {' → '}
          <bdi>{told(change.new)}</bdi>
        </span>
        <span className={classes.note}>
          <TimeAgo at={change.at} />
        </span>
      </span>
      <span className={classes.note}>{change.actor?.name || t('changes.itself')}</span>
    </>
  )
}
