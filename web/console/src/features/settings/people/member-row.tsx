import { ActionIcon, Menu } from '@mantine/core'
import type { Member } from '@rapport/client'
import { IconDots, IconKey, IconShieldOff, IconUserCheck, IconUserMinus, IconUserOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../../components/person'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useMe } from '../../../queries/me'
import { Confirm } from '../parts/confirm'
import { SecretDialog } from '../parts/secret'
import classes from '../settings.module.css'
import { changeMember, makeResetLink, removeMember, resetFactor } from './queries'
import { RoleSelect } from './role-select'

export function MemberRow({ member, mayManage }: { member: Member; mayManage: boolean }) {
  const { t } = useTranslation('settings')
  const isMe = useMe().user.id === member.id
  const change = useAct(changeMember, [keys.people.members])
  const mayChange = mayManage && !isMe
  return (
    <li className={classes.row}>
      <Person name={member.name} size={32} />
      <span className={classes.rowText}>
        <span className={classes.rowTitle}>
          <bdi>{member.name}</bdi> {isMe && <span className={classes.tag}>{t('people.you')}</span>}
        </span>
        <bdi className={classes.rowNote}>{member.email}</bdi>
      </span>
      {!member.is_active && (
        <span className={classes.tag} data-kind="off">
          {t('people.inactive')}
        </span>
      )}
      <span className={classes.rowNote}>
        {t('people.lastSeen')}: {member.last_seen_at ? <TimeAgo at={member.last_seen_at} /> : t('people.never')}
      </span>
      {mayChange ? (
        <RoleSelect
          size="xs"
          aria-label={t('people.roleOf', { name: member.name })}
          value={member.role}
          disabled={change.isPending}
          onChange={(role) => change.mutate({ id: member.id, role })}
        />
      ) : (
        <span className={classes.tag}>{t(`roles.${member.role}`)}</span>
      )}
      {mayChange && <Acts member={member} onActive={(is_active) => change.mutate({ id: member.id, is_active })} />}
    </li>
  )
}

function Acts({ member, onActive }: { member: Member; onActive: (isActive: boolean) => void }) {
  const { t } = useTranslation('settings')
  const { name } = member
  const [isRemoving, setRemoving] = useState(false)
  const reset = useAct(makeResetLink, [])
  const [isForgetting, setForgetting] = useState(false)
  const forget = useAct(resetFactor, [], t('people.factorReset', { name }))
  const remove = useAct(removeMember, [keys.people.members, keys.people.teams])
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('people.actionsOf', { name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => reset.mutate(member.id)}>
            {t('people.resetLink')}
          </Menu.Item>
          <Menu.Item leftSection={<IconShieldOff size={16} aria-hidden />} onClick={() => setForgetting(true)}>
            {t('people.resetFactor')}
          </Menu.Item>
          <Menu.Item
            leftSection={
              member.is_active ? <IconUserOff size={16} aria-hidden /> : <IconUserCheck size={16} aria-hidden />
            }
            onClick={() => onActive(!member.is_active)}
          >
            {t(member.is_active ? 'people.deactivate' : 'people.activate')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconUserMinus size={16} aria-hidden />}
            onClick={() => setRemoving(true)}
          >
            {t('people.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={isRemoving}
        title={t('people.removeTitle', { name })}
        text={t('people.removeText')}
        act={t('people.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(member.id, { onSuccess: () => setRemoving(false) })}
        onClose={() => setRemoving(false)}
      />
      <Confirm
        opened={isForgetting}
        title={t('people.resetFactorTitle', { name })}
        text={t('people.resetFactorText')}
        act={t('people.resetFactor')}
        isBusy={forget.isPending}
        onAct={() => forget.mutate(member.id, { onSettled: () => setForgetting(false) })}
        onClose={() => setForgetting(false)}
      />
      <SecretDialog
        title={t('people.resetTitle', { name })}
        text={t('people.resetText', { name })}
        value={reset.data?.link ?? null}
        onClose={reset.reset}
      />
    </>
  )
}
