import type { Id, MailboxHealth } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'
import { healthsQuery } from './queries'

export const inKind = (state: MailboxHealth['incoming']['state']) =>
  state === 'listening' ? 'on' : state === 'failing' ? 'off' : undefined

export const outKind = (state: MailboxHealth['outgoing']['state']) =>
  state === 'ok' ? 'on' : state === 'off' ? undefined : 'off'

/** In a list of inboxes: that a mailbox does not work, and which way. Silent while all is well. */
export function HealthTag({ inboxId }: { inboxId: Id }) {
  const { t } = useTranslation('mailboxes')
  const health = useQuery(healthsQuery).data?.items.find((each) => each.inbox_id === inboxId)
  if (!health) return null
  const { incoming, outgoing } = health
  const isLate = outgoing.state === 'waiting' || outgoing.state === 'failing'
  return (
    <>
      {incoming.state === 'failing' && (
        <span className={classes.tag} data-kind="off">
          {t('health.receiving')}: {t('health.in.failing')}
        </span>
      )}
      {isLate && (
        <span className={classes.tag} data-kind="off">
          {t('health.sending')}: {t(`health.out.${outgoing.state}`)}
        </span>
      )}
    </>
  )
}
