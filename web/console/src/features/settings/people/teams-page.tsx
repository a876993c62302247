import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import type { Member, Team } from '@rapport/client'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { membersQuery, teamsQuery, useMembersById } from '../../../queries/people'
import { Confirm } from '../parts/confirm'
import { Page } from '../parts/page'
import classes from '../settings.module.css'
import { deleteTeam, saveTeam } from './queries'

type Editing = Team | 'new' | null

/** Groups that share a queue. */
export function TeamsPage(): ReactNode {
  const { t } = useTranslation('settings')
  const teams = useQuery(teamsQuery)
  const [editing, setEditing] = useState<Editing>(null)
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
      {t('teams.create')}
    </Button>
  )
  return (
    <Page title={t('teams.title')} text={t('teams.text')} action={create}>
      {teams.isPending && <RowSkeletons rows={3} height={60} />}
      {teams.isError && <Failed error={teams.error} retry={() => void teams.refetch()} />}
      {teams.data?.length === 0 && (
        <Empty icon={IconUsersGroup} title={t('teams.none')} text={t('teams.noneText')} action={create} />
      )}
      {teams.data && teams.data.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {teams.data.map((team) => (
              <TeamRow key={team.id} team={team} onEdit={() => setEditing(team)} />
            ))}
          </ul>
        </div>
      )}
      {editing && (
        <TeamDialog key={editing === 'new' ? 'new' : editing.id} team={editing} onClose={() => setEditing(null)} />
      )}
    </Page>
  )
}

function TeamRow({ team, onEdit }: { team: Team; onEdit: () => void }) {
  const { t } = useTranslation(['settings', 'common'])
  const members = useMembersById()
  const names = team.member_ids.flatMap((id) => members.get(id)?.name ?? [])
  const [isRemoving, setRemoving] = useState(false)
  const remove = useAct(deleteTeam, [keys.people.teams])
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{team.name}</bdi>
        <bdi className={classes.rowNote}>
          {names.length > 0 ? names.join(', ') : t('settings:teams.count', { count: team.member_ids.length })}
        </bdi>
      </span>
      <Button variant="default" size="compact-sm" onClick={onEdit}>
        {t('settings:teams.members')}
        <span className="visually-hidden"> {team.name}</span>
      </Button>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        aria-label={t('settings:teams.removeTitle', { name: team.name })}
        onClick={() => setRemoving(true)}
      >
        {t('common:action.delete')}
      </Button>
      <Confirm
        opened={isRemoving}
        title={t('settings:teams.removeTitle', { name: team.name })}
        text={t('settings:teams.removeText')}
        act={t('settings:teams.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(team.id, { onSuccess: () => setRemoving(false) })}
        onClose={() => setRemoving(false)}
      />
    </li>
  )
}

function TeamDialog({ team, onClose }: { team: Team | 'new'; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common'])
  const known = team === 'new' ? null : team
  const members = useQuery(membersQuery).data ?? []
  const [name, setName] = useState(known?.name ?? '')
  const [chosen, setChosen] = useState<string[]>(known?.member_ids ?? [])
  const save = useAct(saveTeam, [keys.people.teams], t('settings:saved'))
  return (
    <Modal
      opened
      onClose={onClose}
      title={known ? t('settings:teams.editTitle', { name: known.name }) : t('settings:teams.create')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form
        className={classes.form}
        style={{ padding: 0 }}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ id: known?.id ?? null, name: name.trim(), user_ids: chosen }, { onSuccess: onClose })
        }}
      >
        <TextInput
          label={t('settings:name')}
          value={name}
          required
          maxLength={100}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label={t('settings:teams.members')} value={chosen} onChange={setChosen}>
          <div className={classes.candidates}>
            {members.map((member: Member) => (
              <Checkbox key={member.id} value={member.id} label={member.name} />
            ))}
          </div>
        </Checkbox.Group>
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
