import { Button, Switch } from '@mantine/core'
import type { Mailbox, MailRecord } from '@rapport/client'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { Confirm } from '../parts/confirm'
import { Section } from '../parts/page'
import { Copyable } from '../parts/secret'
import classes from '../settings.module.css'
import mail from './mail.module.css'
import { adviceQuery, makeKey, switchSigning } from './queries'

/** The records of a mailbox's domain: what to put, what is there, and the key that signs. */
export function DnsRecords({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation('mailboxes')
  const advice = useQuery(adviceQuery(mailbox.inbox_id))
  if (advice.isPending) return <RowSkeletons rows={3} height={96} />
  if (advice.isError) return <Failed error={advice.error} retry={() => void advice.refetch()} />
  const { domain, is_own_domain, provider, records } = advice.data
  if (!is_own_domain) return <Empty title={t('dns.foreign', { domain })} />
  const key = records.find((record) => record.purpose === 'dkim')
  return (
    <div className={classes.column}>
      <p className={classes.text}>{t('dns.text', { domain })}</p>
      {provider && <p className={classes.text}>{t('dns.signsItself', { provider })}</p>}
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={advice.isFetching}
          onClick={() => void advice.refetch()}
        >
          {t('dns.check')}
        </Button>
      </div>
      {records.length === 0 && <Empty title={t('dns.none')} />}
      {records.length > 0 && (
        <ul className={`${classes.card} ${classes.rows}`} style={{ marginTop: 'var(--rp-space-3)' }} aria-live="polite">
          {records.map((record) => (
            <Record key={record.purpose} record={record} />
          ))}
        </ul>
      )}
      {mailbox.outgoing.kind === 'smtp' && <Signing mailbox={mailbox} isPublished={key?.state === 'ok'} />}
    </div>
  )
}

const kinds = { ok: 'on', missing: 'off', different: 'off', unknown: undefined } as const

function Record({ record }: { record: MailRecord }) {
  const { t } = useTranslation('mailboxes')
  const isThere = record.state === 'ok'
  return (
    <li className={mail.record}>
      <div className={mail.recordTop}>
        <h2 className={mail.recordTitle}>{t(`dns.purpose.${record.purpose}`)}</h2>
        <span className={classes.tag} data-kind={kinds[record.state]}>
          {t(`dns.state.${record.state}`)}
        </span>
      </div>
      <p className={classes.quiet}>{t(`dns.about.${record.purpose}`)}</p>
      {record.reason && <p>{t(`dns.reason.${record.reason}`)}</p>}
      <dl className={mail.values}>
        <dt>{t('dns.type')}</dt>
        <dd>{record.type}</dd>
        <dt>{t('dns.name')}</dt>
        <dd>{isThere ? <Plain text={record.name} /> : <Copyable value={record.name} />}</dd>
        <dt>{t('dns.value')}</dt>
        <dd>{isThere ? <Plain text={record.value} /> : <Copyable value={record.value} />}</dd>
        {!isThere && record.found.length > 0 && (
          <>
            <dt>{t('dns.found')}</dt>
            <dd>
              {record.found.map((found) => (
                <Plain key={found} text={found} />
              ))}
            </dd>
          </>
        )}
      </dl>
    </li>
  )
}

const Plain = ({ text }: { text: string }) => (
  <div className={mail.there} dir="ltr">
    {text}
  </div>
)

function Signing({ mailbox, isPublished }: { mailbox: Mailbox; isPublished: boolean }) {
  const { t } = useTranslation('mailboxes')
  const id = mailbox.inbox_id
  const stale = [keys.settings.mailbox(id)]
  const [isRenewing, setRenewing] = useState(false)
  const make = useAct(makeKey, stale)
  const turn = useAct(switchSigning, stale)
  const start = () => make.mutate(id, { onSettled: () => setRenewing(false) })
  const isOn = mailbox.dkim?.is_on ?? false
  return (
    <Section
      title={t('dns.keyTitle')}
      text={mailbox.dkim ? undefined : t('dns.keyNone')}
      action={
        <Button variant="default" loading={make.isPending} onClick={() => (mailbox.dkim ? setRenewing(true) : start())}>
          {t(mailbox.dkim ? 'dns.keyRenew' : 'dns.keyMake')}
        </Button>
      }
    >
      {mailbox.dkim && (
        <div className={`${classes.card} ${classes.form}`}>
          <Switch
            label={t('dns.sign')}
            description={isOn || isPublished ? undefined : t('dns.signHint')}
            checked={turn.isPending ? turn.variables.is_on : isOn}
            disabled={turn.isPending || (!isOn && !isPublished)}
            onChange={(event) => turn.mutate({ id, is_on: event.currentTarget.checked })}
          />
        </div>
      )}
      <Confirm
        opened={isRenewing}
        title={t('dns.keyRenewTitle')}
        text={t('dns.keyRenewText')}
        act={t('dns.keyRenew')}
        isBusy={make.isPending}
        onAct={start}
        onClose={() => setRenewing(false)}
      />
    </Section>
  )
}
