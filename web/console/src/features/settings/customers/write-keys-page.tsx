import { Button, Modal, Radio, TextInput } from '@mantine/core'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { addWriteKey, removeWriteKey, type WriteKey, writeKeysQuery } from '../../../queries/imports'
import { keys } from '../../../queries/keys'
import { useLivePeople } from '../../../queries/live-customer'
import { Page } from '../parts/page'
import { Copyable, SecretDialog } from '../parts/secret'
import classes from '../settings.module.css'

const stale = [keys.customers.writeKeys]

/** With what pages and systems tell who customers are and what they do. */
export function WriteKeysPage(): ReactNode {
  const { t } = useTranslation('people')
  const query = useQuery(writeKeysQuery)
  useLivePeople()
  const [isCreating, setCreating] = useState(false)
  const create = useAct(addWriteKey, stale)
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('writeKeys.create')}
    </Button>
  )
  return (
    <Page title={t('writeKeys.title')} text={t('writeKeys.text')} action={button}>
      {query.isPending && <RowSkeletons rows={3} height={60} />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && (
        <Empty icon={IconPlugConnected} title={t('writeKeys.none')} text={t('writeKeys.noneText')} action={button} />
      )}
      {query.data && query.data.length > 0 && (
        <>
          <div className={classes.card}>
            <ul className={classes.rows}>
              {query.data.map((each) => (
                <Row key={each.id} writeKey={each} />
              ))}
            </ul>
          </div>
          <p className={classes.text}>{t('writeKeys.address')}</p>
          <Copyable value={`${window.location.origin}/v1`} />
        </>
      )}
      {isCreating && (
        <CreateDialog
          isBusy={create.isPending}
          onClose={() => setCreating(false)}
          onCreate={(wanted) => create.mutate(wanted, { onSuccess: () => setCreating(false) })}
        />
      )}
      <SecretDialog
        title={t('writeKeys.secretTitle', { name: create.data?.name })}
        value={create.data?.key ?? null}
        onClose={create.reset}
      />
    </Page>
  )
}

function Row({ writeKey }: { writeKey: WriteKey }) {
  const { t } = useTranslation('people')
  const [isAsking, setAsking] = useState(false)
  const remove = useAct(removeWriteKey, stale)
  const title = t('writeKeys.removeTitle', { name: writeKey.name })
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{writeKey.name}</bdi>
        <code className={classes.rowNote} dir="ltr">
          {writeKey.prefix}…
        </code>
      </span>
      <span className={classes.tag}>{t(`writeKeys.short.${writeKey.kind}`)}</span>
      <span className={classes.rowNote}>
        {t('writeKeys.used')}: {writeKey.last_used_at ? <TimeAgo at={writeKey.last_used_at} /> : t('writeKeys.unused')}
      </span>
      <Button variant="subtle" color="red" size="compact-sm" aria-label={title} onClick={() => setAsking(true)}>
        {t('writeKeys.remove')}
      </Button>
      <Confirm
        opened={isAsking}
        title={title}
        text={t('writeKeys.removeText')}
        act={t('writeKeys.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(writeKey.id, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </li>
  )
}

interface CreateProps {
  isBusy: boolean
  onClose: () => void
  onCreate: (wanted: Pick<WriteKey, 'name' | 'kind'>) => void
}

function CreateDialog({ isBusy, onClose, onCreate }: CreateProps) {
  const { t } = useTranslation(['people', 'common'])
  const [name, setName] = useState('')
  const [kind, setKind] = useState<WriteKey['kind']>('server')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onCreate({ name: name.trim(), kind })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('people:writeKeys.create')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
        <TextInput
          label={t('people:writeKeys.name')}
          value={name}
          required
          maxLength={100}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label={t('people:writeKeys.kind')}
          value={kind}
          onChange={(value) => setKind(value as WriteKey['kind'])}
        >
          {(['server', 'browser'] as const).map((each) => (
            <Radio key={each} mt="xs" value={each} label={t(`people:writeKeys.kinds.${each}`)} />
          ))}
        </Radio.Group>
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" disabled={!name.trim()} loading={isBusy}>
            {t('people:writeKeys.create')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
