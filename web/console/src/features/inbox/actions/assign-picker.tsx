import { Button } from '@mantine/core'
import type { MyConversation } from '@rapport/client'
import { IconUserOff, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { Person } from '../../../components/person'
import { type Choice, Picker } from '../../../components/picker'
import { useMe } from '../../../queries/me'
import { membersQuery, teamsQuery, useMembersById } from '../../../queries/people'
import { useOnlineAgents } from '../model/presence'
import classes from './actions.module.css'
import { useChange } from './use-change'

interface Props {
  conversation: MyConversation
  opened: boolean
  onOpenedChange: (opened: boolean) => void
  isIcon: boolean
}

/** Who has the conversation, and to whom it may go: me, a colleague, a team, nobody. */
export function AssignPicker({ conversation, opened, onOpenedChange, isIcon }: Props) {
  const { t } = useTranslation('inbox')
  const change = useChange(conversation)
  const holder = useMembersById().get(conversation.assignee_id ?? '')
  const choices = useChoices()
  const choose = (choice: string) => {
    onOpenedChange(false)
    const [kind, id = ''] = choice.split(':')
    if (kind === 'team') change.mutate({ kind: 'team', team_id: conversation.team_id === id ? null : id })
    else change.mutate({ kind: 'assignee', assignee_id: kind === 'nobody' ? null : id })
  }
  const label = holder ? t('actions.assignedTo', { name: holder.name }) : t('actions.assign')
  return (
    <Picker
      opened={opened}
      onOpenedChange={onOpenedChange}
      label={t('actions.findAssignee')}
      choices={choices}
      chosen={[`agent:${conversation.assignee_id}`, `team:${conversation.team_id}`]}
      onChoose={choose}
    >
      {isIcon ? (
        <IconButton label={label} keys="a" size="lg" aria-haspopup="listbox" onClick={() => onOpenedChange(!opened)}>
          {holder ? <Person name={holder.name} size={24} /> : <IconUserPlus size={20} stroke={1.6} />}
        </IconButton>
      ) : (
        <Button
          size="compact-md"
          variant="subtle"
          color="gray"
          fw={400}
          title={label}
          aria-haspopup="listbox"
          leftSection={holder ? <Person name={holder.name} size={20} /> : <IconUserPlus size={18} stroke={1.6} />}
          onClick={() => onOpenedChange(!opened)}
        >
          <span className={classes.assignee}>{holder?.name ?? t('actions.assign')}</span>
        </Button>
      )}
    </Picker>
  )
}

function useChoices(): Choice[] {
  const { t } = useTranslation('inbox')
  const me = useMe()
  const members = useQuery(membersQuery).data ?? []
  const teams = useQuery(teamsQuery).data ?? []
  const online = useOnlineAgents()
  const person = (id: string, label: string, detail?: string): Choice => ({
    id: `agent:${id}`,
    label,
    detail,
    mark: <Person name={label} size={22} online={online.includes(id)} />,
    group: t('actions.people'),
  })
  return [
    { id: 'nobody', label: t('actions.nobody'), mark: <IconUserOff size={18} stroke={1.6} aria-hidden /> },
    person(me.user.id, me.user.name, t('actions.me')),
    ...members.filter((each) => each.is_active && each.id !== me.user.id).map((each) => person(each.id, each.name)),
    ...teams.map((team) => ({
      id: `team:${team.id}`,
      label: team.name,
      mark: <IconUsers size={18} stroke={1.6} aria-hidden />,
      group: t('actions.teams'),
    })),
  ]
}
