import { Button, Menu, Modal, TextInput } from '@mantine/core'
import { IconInbox, IconMail, IconMessageCircle, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { inboxesQuery } from '../../../queries/people'
import { HealthTag } from '../mail/health-tag'
import { Page } from '../parts/page'
import classes from '../settings.module.css'
import { createInbox } from './queries'

/** Where customers reach us. */
export function InboxesPage(): ReactNode {
  const { t } = useTranslation('settings')
  const inboxes = useQuery(inboxesQuery)
  const [isCreating, setCreating] = useState(false)
  const create = <Create onChat={() => setCreating(true)} />
  return (
    <Page title={t('inboxes.title')} text={t('inboxes.text')} action={create}>
      {inboxes.isPending && <RowSkeletons rows={3} height={60} />}
      {inboxes.isError && <Failed error={inboxes.error} retry={() => void inboxes.refetch()} />}
      {inboxes.data?.length === 0 && (
        <Empty icon={IconInbox} title={t('inboxes.none')} text={t('inboxes.noneText')} action={create} />
      )}
      {inboxes.data && inboxes.data.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {inboxes.data.map((inbox) => (
              <li key={inbox.id}>
                <Link to="/settings/inboxes/$inboxId" params={{ inboxId: inbox.id }} className={classes.row}>
                  <ChannelIcon channel={inbox.channel} />
                  <span className={classes.rowText}>
                    <bdi className={classes.rowTitle}>{inbox.name}</bdi>
                    <span className={classes.rowNote}>
                      {t(inbox.channel === 'email' ? 'inboxes.channel.email' : 'inboxes.channel.webchat')}
                    </span>
                  </span>
                  {inbox.channel === 'email' && inbox.is_enabled && <HealthTag inboxId={inbox.id} />}
                  {!inbox.is_enabled && (
                    <span className={classes.tag} data-kind="off">
                      {t('inboxes.off')}
                    </span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <CreateDialog opened={isCreating} onClose={() => setCreating(false)} />
    </Page>
  )
}

const ChannelIcon = ({ channel }: { channel: string }) => {
  const Icon = channel === 'email' ? IconMail : IconMessageCircle
  return <Icon size={20} stroke={1.6} aria-hidden />
}

function Create({ onChat }: { onChat: () => void }) {
  const { t } = useTranslation('mailboxes')
  const navigate = useNavigate()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconPlus size={16} aria-hidden />}>{t('new.choose')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconMail size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/settings/inboxes/new-email' })}
        >
          {t('new.mail')}
        </Menu.Item>
        <Menu.Item leftSection={<IconMessageCircle size={16} aria-hidden />} onClick={onChat}>
          {t('new.chat')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function CreateDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common'])
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const create = useAct(createInbox, [keys.people.inboxes])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('settings:inboxes.createTitle')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form
        className={classes.form}
        style={{ padding: 0 }}
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate(name.trim(), {
            onSuccess: ({ id }) => void navigate({ to: '/settings/inboxes/$inboxId', params: { inboxId: id } }),
          })
        }}
      >
        <TextInput
          label={t('settings:inboxes.createName')}
          value={name}
          required
          maxLength={200}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('settings:inboxes.create')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
