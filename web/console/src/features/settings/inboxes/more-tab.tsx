import { Button, Switch, TextInput } from '@mantine/core'
import type { Inbox } from '@rapport/client'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { Confirm } from '../parts/confirm'
import classes from '../settings.module.css'
import { changeInbox, deleteInbox } from './queries'

/** Name, switch and end of an inbox. */
export function MoreTab({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation(['settings', 'common'])
  const navigate = useNavigate()
  const [name, setName] = useState(inbox.name)
  const [isRemoving, setRemoving] = useState(false)
  const change = useAct(changeInbox, [keys.people.inboxes], t('settings:saved'))
  const remove = useAct(deleteInbox, [keys.people.inboxes])
  return (
    <div className={`${classes.column} ${classes.card} ${classes.form}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate({ id: inbox.id, name: name.trim() })
        }}
      >
        <TextInput
          label={t('settings:more.name')}
          value={name}
          required
          maxLength={200}
          dir="auto"
          onChange={(event) => setName(event.currentTarget.value)}
          rightSectionWidth={90}
          rightSection={
            name.trim() !== inbox.name && (
              <Button type="submit" size="compact-sm" loading={change.isPending}>
                {t('common:action.save')}
              </Button>
            )
          }
        />
      </form>
      <Switch
        label={t('settings:more.enabled')}
        checked={inbox.is_enabled}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ id: inbox.id, is_enabled: event.currentTarget.checked })}
      />
      <div>
        <Button variant="light" color="red" onClick={() => setRemoving(true)}>
          {t('settings:more.remove')}
        </Button>
      </div>
      <Confirm
        opened={isRemoving}
        title={t('settings:more.removeTitle', { name: inbox.name })}
        text={t('settings:more.removeText')}
        act={t('settings:more.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(inbox.id, { onSuccess: () => void navigate({ to: '/settings/inboxes' }) })}
        onClose={() => setRemoving(false)}
      />
    </div>
  )
}
