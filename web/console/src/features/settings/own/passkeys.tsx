import { ActionIcon, Button, Menu, Modal, TextInput } from '@mantine/core'
import { http, type Id, type MyPasskey, type Security, unwrap } from '@rapport/client'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { AddPasskey } from '../../security'
import { Confirm } from '../parts/confirm'
import { Section } from '../parts/page'
import classes from '../settings.module.css'

const at = (id: Id) => ({ params: { path: { passkey_id: id } } })
const revoke = (id: Id) => unwrap<unknown>(http.DELETE('/v1/me/passkeys/{passkey_id}', at(id)))
const rename = ({ id, name }: { id: Id; name: string }) =>
  unwrap<unknown>(http.PATCH('/v1/me/passkeys/{passkey_id}', { ...at(id), body: { name } }))

/** The devices and keys that sign me in without a password. */
export function Passkeys({ security }: { security: Security }) {
  const { t } = useTranslation(['security', 'common'])
  const [isAdding, setAdding] = useState(false)
  const refresh = useAct(async () => undefined, [keys.security])
  const close = () => {
    setAdding(false)
    refresh.mutate(undefined)
  }
  return (
    <Section
      title={t('security:passkeys.title')}
      text={t(security.passkeys_possible ? 'security:passkeys.text' : 'security:passkeys.impossible')}
      action={
        security.passkeys_possible && (
          <Button variant="default" onClick={() => setAdding(true)}>
            {t('security:passkeys.addOne')}
          </Button>
        )
      }
    >
      {security.passkeys.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {security.passkeys.map((passkey) => (
              <Row key={passkey.id} passkey={passkey} />
            ))}
          </ul>
        </div>
      )}
      <Modal
        opened={isAdding}
        onClose={close}
        title={t('security:passkeys.addOne')}
        closeButtonProps={{ 'aria-label': t('common:action.close') }}
      >
        <AddPasskey security={security} onDone={close} />
      </Modal>
    </Section>
  )
}

function Row({ passkey }: { passkey: MyPasskey }) {
  const { t } = useTranslation('security')
  const { name } = passkey
  const [task, setTask] = useState<'rename' | 'revoke' | null>(null)
  const removal = useAct(revoke, [keys.security], t('passkeys.revoked'))
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{name}</bdi>
        <span className={classes.rowNote}>
          {t('passkeys.made')} <TimeAgo at={passkey.created_at} /> · {t('passkeys.used')}{' '}
          {passkey.last_used_at ? <TimeAgo at={passkey.last_used_at} /> : t('passkeys.never')}
        </span>
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('passkeys.actionsOf', { name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setTask('rename')}>
            {t('passkeys.rename')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setTask('revoke')}>
            {t('passkeys.revoke')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Rename passkey={passkey} opened={task === 'rename'} onClose={() => setTask(null)} />
      <Confirm
        opened={task === 'revoke'}
        title={t('passkeys.revokeTitle', { name })}
        text={t('passkeys.revokeText')}
        act={t('passkeys.revoke')}
        isBusy={removal.isPending}
        onAct={() => removal.mutate(passkey.id, { onSettled: () => setTask(null) })}
        onClose={() => setTask(null)}
      />
    </li>
  )
}

interface RenameProps {
  passkey: MyPasskey
  opened: boolean
  onClose: () => void
}

function Rename({ passkey, opened, onClose }: RenameProps) {
  const { t } = useTranslation(['security', 'common'])
  const [name, setName] = useState(passkey.name)
  const renaming = useAct(rename, [keys.security])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    renaming.mutate({ id: passkey.id, name: name.trim() }, { onSuccess: onClose })
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('security:passkeys.rename')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
        <TextInput
          label={t('security:passkeys.name')}
          value={name}
          maxLength={120}
          required
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button type="submit" loading={renaming.isPending}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
