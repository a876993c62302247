import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle, IconArrowBackUp, IconDownload } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { Advance } from '../../../components/progress'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { type CustomerImport, importErrorsUrl, importQuery, isUnderWay, undoImport } from '../../../queries/imports'
import { keys } from '../../../queries/keys'
import classes from '../customers.module.css'
import { Sheet } from '../sheet'
import { DraftView } from './draft-view'

const route = getRouteApi('/work/imports/$importId')

/** One import: what goes where, how far it is, what became of it, and the way back. */
export function ImportPage(): ReactNode {
  const { t } = useTranslation('people')
  const { importId } = route.useParams()
  const query = useQuery(importQuery(importId))
  const found = query.data
  return (
    <Sheet
      title={<bdi>{found?.name ?? t('imports.one')}</bdi>}
      text={found && t(`imports.state.${found.state}`)}
      back="/imports"
    >
      {query.isPending && <RowSkeletons rows={5} height={48} />}
      {query.isError && !found && <Failed error={query.error} retry={() => void query.refetch()} />}
      {found?.state === 'draft' && <DraftView draft={found} />}
      {found && isUnderWay(found) && <Running found={found} />}
      {found && (found.state === 'done' || found.state === 'failed') && <Outcome found={found} />}
      {found?.state === 'undone' && <Undone found={found} />}
    </Sheet>
  )
}

function Running({ found }: { found: CustomerImport }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const isUndoing = found.state === 'undoing'
  const total = isUndoing ? found.created + found.updated : (found.rows_total ?? 0)
  const { restored, removed, kept } = found.undo ?? { restored: 0, removed: 0, kept: 0 }
  const done = isUndoing ? restored + removed + kept : found.rows_done
  const label = t(`imports.state.${found.state}`)
  return (
    <section className={classes.card} aria-live="polite">
      <p>{t('imports.progress', { done: format.number(done), total: total ? format.number(total) : '…' })}</p>
      <Advance label={label} done={done} total={total} />
      {!isUndoing && found.failed > 0 && (
        <p className={classes.quiet}>{t('imports.failedSoFar', { count: found.failed })}</p>
      )}
    </section>
  )
}

function Outcome({ found }: { found: CustomerImport }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const key = keys.customers.import(found.id)
  const undo = useAct(() => undoImport(found.id), [keys.customers.imports])
  const numbers = [
    ['created', found.created],
    ['updated', found.updated],
    ['unchanged', found.unchanged],
    ['failed', found.failed],
  ] as const
  return (
    <section className={classes.card}>
      {found.state === 'failed' && (
        <Alert color="red" icon={<IconAlertTriangle size={20} aria-hidden />} title={t('imports.brokeOff')} mb="md">
          {found.error}
        </Alert>
      )}
      <dl className={classes.numbers}>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`imports.${name}`)}</dt>
            <dd className="tabular">{format.number(value)}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.actions}>
        {found.failed > 0 && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            renderRoot={(props) => <a {...props} href={importErrorsUrl(found.id)} download />}
          >
            {t('imports.errors')}
          </Button>
        )}
        {found.created + found.updated > 0 && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('imports.undo')}
          </Button>
        )}
      </div>
      <Confirm
        opened={isAsking}
        title={t('imports.undoTitle', { name: found.name })}
        text={t('imports.undoText', { created: format.number(found.created), updated: format.number(found.updated) })}
        act={t('imports.undo')}
        isBusy={undo.isPending}
        onAct={() =>
          undo.mutate(undefined, {
            onSuccess: (now) => {
              queries.setQueryData(key, now)
              setAsking(false)
            },
          })
        }
        onClose={() => setAsking(false)}
      />
    </section>
  )
}

function Undone({ found }: { found: CustomerImport }) {
  const { t } = useTranslation('people')
  const { restored, removed, kept } = found.undo ?? { restored: 0, removed: 0, kept: 0 }
  return (
    <section className={classes.card}>
      <p>{t('imports.undone', { restored, removed })}</p>
      {kept > 0 && <p className={classes.quiet}>{t('imports.kept', { count: kept })}</p>}
    </section>
  )
}
