import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import type { IntentRow } from '@rapport/client'
import { IconPlus, IconTarget } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../../components/states'
import { useAct } from '../../../../lib/use-act'
import { useFormat } from '../../../../lib/use-format'
import { keys } from '../../../../queries/keys'
import { useLiveTriage } from '../../../../queries/live-triage'
import { useCan } from '../../../../queries/me'
import { intentsQuery, saveIntent } from '../../../../queries/triage'
import { Page } from '../../parts/page'
import classes from '../../settings.module.css'

/** What messages may be about. */
export function IntentsPage(): ReactNode {
  const { t } = useTranslation('triage')
  const intents = useQuery(intentsQuery)
  useLiveTriage()
  const mayManage = useCan('assistant.manage')
  const [isAdding, setAdding] = useState(false)
  const create = mayManage && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('intents.add')}
    </Button>
  )
  return (
    <Page title={t('intents.title')} text={t('intents.text')} action={create}>
      {intents.isPending && <RowSkeletons rows={4} height={60} />}
      {intents.isError && !intents.data && <Failed error={intents.error} retry={() => void intents.refetch()} />}
      {intents.data?.length === 0 && (
        <Empty icon={IconTarget} title={t('intents.none')} text={t('intents.noneText')} action={create} />
      )}
      {intents.data && intents.data.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {intents.data.map((intent) => (
              <li key={intent.id}>
                <Row intent={intent} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Row({ intent }: { intent: IntentRow }) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  return (
    <Link to="/settings/intents/$intentId" params={{ intentId: intent.id }} className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{intent.name}</bdi>
        {intent.description && <bdi className={classes.rowNote}>{intent.description}</bdi>}
      </span>
      {intent.archived_at && <span className={classes.tag}>{t('intents.archived')}</span>}
      <span className={classes.rowNote}>
        {t('intents.teaches', { typed: format.number(intent.typed), labelled: format.number(intent.labelled) })}
      </span>
    </Link>
  )
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['triage', 'common'])
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const add = useAct(saveIntent, [keys.triage.intents])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(
      { id: null, name: name.trim(), description: description.trim() },
      { onSuccess: ({ id }) => void navigate({ to: '/settings/intents/$intentId', params: { intentId: id } }) },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('triage:intents.add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
        <TextInput
          label={t('triage:intents.name')}
          placeholder={t('triage:intents.namePlaceholder')}
          value={name}
          required
          maxLength={80}
          dir="auto"
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t('triage:intents.description')}
          value={description}
          maxLength={500}
          autosize
          minRows={2}
          dir="auto"
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('triage:intents.create')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
