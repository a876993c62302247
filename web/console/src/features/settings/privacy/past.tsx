import { Button } from '@mantine/core'
import type { Erasure, PrivacyExport } from '@rapport/client'
import { IconDownload } from '@tabler/icons-react'
import { type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../../components/progress'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { sayFailed } from '../../../lib/say-failed'
import { useFormat } from '../../../lib/use-format'
import { downloadExport, erasuresQuery, exportsQuery, isRunning } from '../../../queries/privacy'
import { Section } from '../parts/page'
import classes from '../settings.module.css'

interface ListProps<Item> {
  title: string
  text: string
  none: string
  found: UseQueryResult<{ items: Item[] }>
  row: (item: Item) => ReactNode
}

function List<Item>({ title, text, none, found, row }: ListProps<Item>) {
  return (
    <Section title={title} text={text}>
      {found.isPending && <RowSkeletons rows={2} height={60} />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data &&
        (found.data.items.length ? (
          <div className={classes.card}>
            <ul className={classes.rows}>{found.data.items.map(row)}</ul>
          </div>
        ) : (
          <p className={classes.quiet}>{none}</p>
        ))}
    </Section>
  )
}

/** Who was forgotten: by whose hand, when, why, and how much it was. */
export function Erasures(): ReactNode {
  const { t } = useTranslation('privacy')
  return (
    <List
      title={t('erasures.title')}
      text={t('erasures.text')}
      none={t('erasures.none')}
      found={useQuery(erasuresQuery(null))}
      row={(erasure) => <ErasureRow key={erasure.id} erasure={erasure} />}
    />
  )
}

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

function ErasureRow({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation('privacy')
  return (
    <Row personId={erasure.person_id} by={erasure.asked_by_name} at={erasure.created_at} task={erasure}>
      {t(`reason.${erasure.reason}`)} · {t('erasures.rows', { count: total(erasure.counts) })}
    </Row>
  )
}

/** Who was told what is known about them. */
export function Exports(): ReactNode {
  const { t } = useTranslation('privacy')
  return (
    <List
      title={t('exports.title')}
      text={t('exports.text')}
      none={t('exports.none')}
      found={useQuery(exportsQuery(null))}
      row={(made) => <ExportRow key={made.id} made={made} />}
    />
  )
}

function ExportRow({ made }: { made: PrivacyExport }) {
  const { t } = useTranslation('privacy')
  const format = useFormat()
  const fetch = useMutation({ mutationFn: () => downloadExport(made.id), onError: sayFailed })
  const size = format.bytes(made.size_bytes ?? 0)
  return (
    <Row personId={made.person_id} by={made.asked_by_name} at={made.created_at} task={made}>
      {made.expires_at && made.status === 'ready' && t('export.until', { date: format.exact(made.expires_at) })}
      {made.status === 'ready' && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={fetch.isPending}
          onClick={() => fetch.mutate()}
        >
          {t('export.download', { size })}
        </Button>
      )}
    </Row>
  )
}

interface RowProps {
  personId: string
  by: string
  at: string
  task: Erasure | PrivacyExport
  children: ReactNode
}

function Row({ personId, by, at, task, children }: RowProps) {
  const { t } = useTranslation('privacy')
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <Link
          to="/customers/$customerId"
          params={{ customerId: personId }}
          className={`${classes.rowTitle} ${classes.rowLink}`}
        >
          {t('past.customer', { id: personId.slice(0, 8) })}
        </Link>
        <span className={classes.rowNote}>
          {t('past.by', { name: by })} · <TimeAgo at={at} />
        </span>
        <span className={classes.rowNote}>{children}</span>
      </span>
      <span className={classes.tag} data-kind={task.status === 'failed' ? 'off' : undefined}>
        {t(`status.${task.status}`)}
      </span>
      {isRunning(task) && <Advance label={t('status.running')} done={task.steps_done} total={task.steps_total} />}
    </li>
  )
}
