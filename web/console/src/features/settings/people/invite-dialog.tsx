import { Button, Modal, TextInput } from '@mantine/core'
import { Problem, type Role } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { Copyable } from '../parts/secret'
import classes from '../settings.module.css'
import { invite } from './queries'
import { RoleSelect } from './role-select'

/** Ask somebody to join. Where no e-mail can be sent, the link shown here still works. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common'])
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const ask = useAct(invite, [keys.settings.invitations])
  const fault = ask.error instanceof Problem ? (ask.error.fields.email ?? explain(ask.error)) : null
  const close = () => {
    ask.reset()
    setEmail('')
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('settings:people.inviteTitle')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {ask.data ? (
        <>
          <p className={classes.text}>{t('settings:people.invitedLink', { email: ask.data.email })}</p>
          <Copyable value={ask.data.link} />
        </>
      ) : (
        <form
          className={classes.form}
          style={{ padding: 0 }}
          onSubmit={(event) => {
            event.preventDefault()
            ask.mutate({ email: email.trim(), role })
          }}
        >
          <p className={classes.text}>{t('settings:people.inviteText')}</p>
          <TextInput
            type="email"
            label={t('settings:email')}
            value={email}
            required
            data-autofocus
            error={fault}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <RoleSelect
            label={t('settings:role')}
            description={t(`settings:roleHints.${role}`)}
            value={role}
            onChange={setRole}
          />
          <div className={classes.actions}>
            <Button variant="default" onClick={close}>
              {t('common:action.cancel')}
            </Button>
            <Button type="submit" loading={ask.isPending}>
              {t('settings:people.inviteSend')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}
