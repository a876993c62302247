import { Button, Modal, TextInput } from '@mantine/core'
import type { ApiKey, Role } from '@rapport/client'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { Confirm } from '../parts/confirm'
import { Page } from '../parts/page'
import { SecretDialog } from '../parts/secret'
import classes from '../settings.module.css'
import { apiKeysQuery, createApiKey, revokeApiKey } from './queries'
import { RoleSelect } from './role-select'

/** How programs sign in. */
export function ApiKeysPage(): ReactNode {
  const { t } = useTranslation('settings')
  const apiKeys = useQuery(apiKeysQuery)
  const [isCreating, setCreating] = useState(false)
  const create = useAct(createApiKey, [keys.settings.apiKeys])
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('apiKeys.create')}
    </Button>
  )
  return (
    <Page title={t('apiKeys.title')} text={t('apiKeys.text')} action={button}>
      {apiKeys.isPending && <RowSkeletons rows={3} height={60} />}
      {apiKeys.isError && <Failed error={apiKeys.error} retry={() => void apiKeys.refetch()} />}
      {apiKeys.data?.length === 0 && (
        <Empty icon={IconKey} title={t('apiKeys.none')} text={t('apiKeys.noneText')} action={button} />
      )}
      {apiKeys.data && apiKeys.data.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {apiKeys.data.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </ul>
        </div>
      )}
      <CreateDialog
        opened={isCreating}
        isBusy={create.isPending}
        onClose={() => setCreating(false)}
        onCreate={(wanted) => create.mutate(wanted, { onSuccess: () => setCreating(false) })}
      />
      <SecretDialog
        title={t('apiKeys.secretTitle', { name: create.data?.name })}
        value={create.data?.key ?? null}
        onClose={create.reset}
      />
    </Page>
  )
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation('settings')
  const [isRevoking, setRevoking] = useState(false)
  const revoke = useAct(revokeApiKey, [keys.settings.apiKeys])
  const title = t('apiKeys.revokeTitle', { name: apiKey.name })
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{apiKey.name}</bdi>
        <code className={classes.rowNote} dir="ltr">
          {apiKey.prefix}…
        </code>
      </span>
      <span className={classes.tag}>{t(`roles.${apiKey.role}`)}</span>
      <span className={classes.rowNote}>
        {t('apiKeys.used')}: {apiKey.last_used_at ? <TimeAgo at={apiKey.last_used_at} /> : t('apiKeys.unused')}
      </span>
      <Button variant="subtle" color="red" size="compact-sm" aria-label={title} onClick={() => setRevoking(true)}>
        {t('apiKeys.revoke')}
      </Button>
      <Confirm
        opened={isRevoking}
        title={title}
        text={t('apiKeys.revokeText')}
        act={t('apiKeys.revoke')}
        isBusy={revoke.isPending}
        onAct={() => revoke.mutate(apiKey.id, { onSuccess: () => setRevoking(false) })}
        onClose={() => setRevoking(false)}
      />
    </li>
  )
}

interface CreateProps {
  opened: boolean
  isBusy: boolean
  onClose: () => void
  onCreate: (wanted: { name: string; role: Role }) => void
}

function CreateDialog({ opened, isBusy, onClose, onCreate }: CreateProps) {
  const { t } = useTranslation(['settings', 'common'])
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('agent')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('settings:apiKeys.create')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form
        className={classes.form}
        style={{ padding: 0 }}
        onSubmit={(event) => {
          event.preventDefault()
          onCreate({ name: name.trim(), role })
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
        <RoleSelect
          label={t('settings:role')}
          description={t(`settings:roleHints.${role}`)}
          value={role}
          onChange={setRole}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={isBusy}>
            {t('settings:apiKeys.create')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
