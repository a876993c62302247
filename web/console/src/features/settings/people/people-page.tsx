import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import { membersQuery } from '../../../queries/people'
import { Page, Section } from '../parts/page'
import classes from '../settings.module.css'
import { InviteDialog } from './invite-dialog'
import { MemberRow } from './member-row'
import { invitationsQuery, withdrawInvitation } from './queries'

/** Who works here, what they may do, and who is asked to come. */
export function PeoplePage(): ReactNode {
  const { t } = useTranslation('settings')
  const mayManage = useCan('members.manage')
  const members = useQuery(membersQuery)
  const [isInviting, setInviting] = useState(false)
  return (
    <Page
      title={t('people.title')}
      text={t('people.text')}
      action={
        mayManage && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            {t('people.invite')}
          </Button>
        )
      }
    >
      {members.isPending && <RowSkeletons rows={4} height={60} />}
      {members.isError && <Failed error={members.error} retry={() => void members.refetch()} />}
      {members.data && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {members.data.map((member) => (
              <MemberRow key={member.id} member={member} mayManage={mayManage} />
            ))}
          </ul>
        </div>
      )}
      {mayManage && <Waiting />}
      <InviteDialog opened={isInviting} onClose={() => setInviting(false)} />
    </Page>
  )
}

function Waiting() {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const invitations = useQuery(invitationsQuery).data ?? []
  const withdraw = useAct(withdrawInvitation, [keys.settings.invitations])
  if (invitations.length === 0) return null
  return (
    <Section title={t('people.waiting')}>
      <div className={classes.card}>
        <ul className={classes.rows}>
          {invitations.map((invitation) => (
            <li key={invitation.id} className={classes.row}>
              <span className={classes.rowText}>
                <bdi className={classes.rowTitle}>{invitation.email}</bdi>
                <span className={classes.rowNote}>
                  {t(`roles.${invitation.role}`)} · {t('people.expires', { at: format.date(invitation.expires_at) })}
                </span>
              </span>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                aria-label={t('people.withdrawOf', { email: invitation.email })}
                loading={withdraw.isPending && withdraw.variables === invitation.id}
                onClick={() => withdraw.mutate(invitation.id)}
              >
                {t('people.withdraw')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}
