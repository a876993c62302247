import { Alert } from '@mantine/core'
import type { Id, MailboxHealth } from '@rapport/client'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../../components/states'
import { TimeAgo } from '../../../../components/time'
import { useFormat } from '../../../../lib/use-format'
import { Section } from '../../parts/page'
import classes from '../../settings.module.css'
import { inKind, outKind } from '../health-tag'
import mail from '../mail.module.css'
import { healthQuery } from '../queries'
import { useProblem } from '../use-problem'
import { CameIn } from './came-in'

const most = 1_000

/** How the mailbox does, now. */
export function HealthTab({ inboxId }: { inboxId: Id }) {
  const { t } = useTranslation('mailboxes')
  const health = useQuery(healthQuery(inboxId))
  if (health.isPending) return <RowSkeletons rows={3} height={60} />
  if (health.isError) return <Failed error={health.error} retry={() => void health.refetch()} />
  return (
    <div className={classes.column}>
      {!health.data.is_enabled && <p className={classes.text}>{t('health.switchedOff')}</p>}
      {health.data.incoming.kind !== 'none' && <Receiving incoming={health.data.incoming} />}
      {health.data.outgoing.kind !== 'none' && <Sending outgoing={health.data.outgoing} />}
      {health.data.incoming.kind !== 'none' && <CameIn inboxId={inboxId} />}
    </div>
  )
}

function Receiving({ incoming }: { incoming: MailboxHealth['incoming'] }) {
  const { t } = useTranslation('mailboxes')
  const count = useCount()
  return (
    <Section
      title={t('health.receiving')}
      action={<Tag kind={inKind(incoming.state)}>{t(`health.in.${incoming.state}`)}</Tag>}
    >
      <div className={`${classes.card} ${classes.form}`}>
        {incoming.error && <Trouble code={incoming.error} />}
        <dl className={mail.facts}>
          <Fact label={t('health.lastMail')}>
            {incoming.last_mail_at ? <TimeAgo at={incoming.last_mail_at} /> : t('health.never')}
          </Fact>
          {incoming.seen_at && (
            <Fact label={t('health.seen')}>
              <TimeAgo at={incoming.seen_at} />
            </Fact>
          )}
          {incoming.failing_since && (
            <Fact label={t('health.since')}>
              <TimeAgo at={incoming.failing_since} />
            </Fact>
          )}
          {incoming.kind === 'imap' && <Fact label={t('health.behind')}>{count(incoming.behind, false)}</Fact>}
          <Fact label={t('health.unread')}>{count(incoming.unread)}</Fact>
          {incoming.unreadable > 0 && <Fact label={t('health.unreadable')}>{count(incoming.unreadable)}</Fact>}
        </dl>
      </div>
      {incoming.folders.length > 0 && <Folders folders={incoming.folders} />}
    </Section>
  )
}

function Folders({ folders }: { folders: MailboxHealth['incoming']['folders'] }) {
  const { t } = useTranslation('mailboxes')
  const problem = useProblem()
  const format = useFormat()
  return (
    <ul
      className={`${classes.card} ${classes.rows}`}
      style={{ marginTop: 'var(--rp-space-3)' }}
      aria-label={t('health.folders')}
    >
      {folders.map((folder) => (
        <li key={folder.name} className={classes.row}>
          <span className={classes.rowText}>
            <bdi className={classes.rowTitle}>{folder.name}</bdi>
            <span className={classes.rowNote}>
              {folder.error ? problem(folder.error) : `${t('health.behind')}: ${format.number(folder.behind)}`}
            </span>
          </span>
          <Tag kind={inKind(folder.state)}>{t(`health.in.${folder.state}`)}</Tag>
        </li>
      ))}
    </ul>
  )
}

function Sending({ outgoing }: { outgoing: MailboxHealth['outgoing'] }) {
  const { t } = useTranslation('mailboxes')
  const count = useCount()
  return (
    <Section
      title={t('health.sending')}
      action={<Tag kind={outKind(outgoing.state)}>{t(`health.out.${outgoing.state}`)}</Tag>}
    >
      <div className={`${classes.card} ${classes.form}`}>
        {outgoing.reason && <Trouble code={outgoing.reason} said={outgoing.response} />}
        <dl className={mail.facts}>
          <Fact label={t('health.waiting')}>{count(outgoing.waiting)}</Fact>
          {outgoing.waiting_since && (
            <Fact label={t('health.waitingSince')}>
              <TimeAgo at={outgoing.waiting_since} />
            </Fact>
          )}
          <Fact label={t('health.scheduled')}>{count(outgoing.scheduled)}</Fact>
          <Fact label={t('health.failed')}>{count(outgoing.failed)}</Fact>
        </dl>
      </div>
    </Section>
  )
}

function Trouble({ code, said }: { code: string; said?: string | null }) {
  const { t } = useTranslation('mailboxes')
  const problem = useProblem()
  return (
    <Alert color="orange" icon={<IconAlertTriangle size={20} aria-hidden />} title={problem(code)}>
      {said && <span dir="auto">{t('trial.said', { said })}</span>}
    </Alert>
  )
}

const Tag = ({ kind, children }: { kind: 'on' | 'off' | undefined; children: ReactNode }) => (
  <span className={classes.tag} data-kind={kind}>
    {children}
  </span>
)

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

/** A number; some are not counted beyond a thousand. */
function useCount() {
  const { t } = useTranslation('mailboxes')
  const format = useFormat()
  return (value: number, isCapped = true) =>
    isCapped && value >= most ? t('health.atMost', { count: value }) : format.number(value)
}
