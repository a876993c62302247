import { Button } from '@mantine/core'
import type { Customer, PrivacyExport } from '@rapport/client'
import { IconDownload, IconEraser, IconFileZip } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../components/progress'
import { sayFailed } from '../../lib/say-failed'
import { useFormat } from '../../lib/use-format'
import { keys } from '../../queries/keys'
import { useCan } from '../../queries/me'
import { askForExport, downloadExport, erasuresQuery, exportsQuery, isRunning } from '../../queries/privacy'
import classes from './customers.module.css'
import { EraseDialog } from './erase-dialog'

/** What may be done with all that is known about a customer: tell it, or forget it. */
export function PrivacyCard({ customer }: { customer: Customer }): ReactNode {
  const { t } = useTranslation('privacy')
  const mayExport = useCan('customers.export')
  const mayErase = useCan('customers.erase')
  if (!mayExport && !mayErase) return null
  return (
    <section className={classes.card}>
      <h2>{t('card.title')}</h2>
      <div className={classes.form}>
        {mayExport && !customer.erased_at && <Export customerId={customer.id} />}
        {mayErase && <Erase customer={customer} />}
      </div>
    </section>
  )
}

function Export({ customerId }: { customerId: string }) {
  const { t } = useTranslation('privacy')
  const queries = useQueryClient()
  const exports = useQuery(exportsQuery(customerId))
  const ask = useMutation({
    mutationFn: () => askForExport(customerId),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.privacy.exports(customerId) }),
    onError: sayFailed,
  })
  const last = exports.data?.items[0]
  return (
    <div className={classes.deed}>
      <p className={classes.quiet}>{t('card.exportText')}</p>
      <Button
        variant="default"
        leftSection={<IconFileZip size={16} aria-hidden />}
        loading={ask.isPending}
        disabled={last && isRunning(last)}
        onClick={() => ask.mutate()}
      >
        {t('card.export')}
      </Button>
      {last && <LastExport made={last} />}
    </div>
  )
}

function LastExport({ made }: { made: PrivacyExport }) {
  const { t } = useTranslation('privacy')
  const format = useFormat()
  const fetch = useMutation({ mutationFn: () => downloadExport(made.id), onError: sayFailed })
  return (
    <div className={classes.deed} aria-live="polite">
      {isRunning(made) && (
        <>
          <span>{t('export.running')}</span>
          <Advance label={t('export.running')} done={made.steps_done} total={made.steps_total} />
        </>
      )}
      {made.status === 'failed' && <span>{t('export.failed')}</span>}
      {made.status === 'ready' && (
        <>
          <Button
            variant="subtle"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={fetch.isPending}
            onClick={() => fetch.mutate()}
          >
            {t('export.download', { size: format.bytes(made.size_bytes ?? 0) })}
          </Button>
          {made.expires_at && (
            <span className={classes.note}>{t('export.until', { date: format.exact(made.expires_at) })}</span>
          )}
        </>
      )}
    </div>
  )
}

function Erase({ customer }: { customer: Customer }) {
  const { t } = useTranslation('privacy')
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const erasures = useQuery(erasuresQuery(customer.id))
  const last = erasures.data?.items[0]
  const isDone = last?.status === 'done'
  useEffect(() => {
    if (isDone) void queries.invalidateQueries({ queryKey: keys.customers.all })
  }, [isDone, queries])
  return (
    <div className={classes.deed} aria-live="polite">
      {last && isRunning(last) && (
        <>
          <span>{t('erasure.running')}</span>
          <Advance label={t('erasure.running')} done={last.steps_done} total={last.steps_total} />
        </>
      )}
      {last?.status === 'failed' && <span>{t('erasure.failed')}</span>}
      {isDone && <p className={classes.quiet}>{t('card.erased')}</p>}
      {!isDone && !(last && isRunning(last)) && (
        <>
          <p className={classes.quiet}>{t('card.eraseText')}</p>
          <Button
            color="red"
            variant="light"
            leftSection={<IconEraser size={16} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('card.erase')}
          </Button>
        </>
      )}
      {isAsking && <EraseDialog customerId={customer.id} onClose={() => setAsking(false)} />}
    </div>
  )
}
