import { Button, MultiSelect, Textarea, TextInput } from '@mantine/core'
import type { IntentRow } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../../components/states'
import { useAct } from '../../../../lib/use-act'
import { keys } from '../../../../queries/keys'
import { useLiveTriage } from '../../../../queries/live-triage'
import { useCan } from '../../../../queries/me'
import { tagsQuery } from '../../../../queries/people'
import { archiveIntent, changeIntent, intentsQuery } from '../../../../queries/triage'
import { useDraft } from '../../model/use-draft'
import { Confirm } from '../../parts/confirm'
import { Page } from '../../parts/page'
import { SaveBar } from '../../parts/save-bar'
import classes from '../../settings.module.css'
import { Examples } from './examples'

const route = getRouteApi('/work/settings/intents/$intentId')
const back = '/settings/intents'

/** One intent: what it is called and stands for, and what teaches it. */
export function IntentPage(): ReactNode {
  const { t } = useTranslation('triage')
  const { intentId } = route.useParams()
  const intents = useQuery(intentsQuery)
  useLiveTriage()
  const intent = intents.data?.find(({ id }) => id === intentId)
  if (intent) return <Loaded key={intent.id} intent={intent} />
  return (
    <Page title={t('intents.title')} back={back}>
      {intents.isPending && <RowSkeletons rows={4} height={60} />}
      {intents.isError && <Failed error={intents.error} retry={() => void intents.refetch()} />}
      {intents.isSuccess && <Empty title={t('intents.gone')} />}
    </Page>
  )
}

function Loaded({ intent }: { intent: IntentRow }) {
  const mayManage = useCan('assistant.manage')
  return (
    <Page
      title={intent.name}
      text={mayManage ? undefined : intent.description}
      back={back}
      action={mayManage && <Archive intent={intent} />}
    >
      {mayManage && <Form intent={intent} />}
      <Examples intent={intent} mayManage={mayManage} />
    </Page>
  )
}

function Form({ intent }: { intent: IntentRow }) {
  const { t } = useTranslation(['triage', 'settings'])
  const tags = useQuery(tagsQuery).data ?? []
  const draft = useDraft(intent)
  const save = useAct(changeIntent, [keys.triage.intents], t('settings:saved'))
  const { value, set } = draft
  return (
    <>
      <div className={`${classes.card} ${classes.form}`}>
        <TextInput
          label={t('triage:intents.name')}
          value={value.name}
          required
          maxLength={80}
          dir="auto"
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Textarea
          label={t('triage:intents.description')}
          description={t('triage:intents.descriptionHint')}
          value={value.description}
          maxLength={500}
          autosize
          minRows={2}
          dir="auto"
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <TextInput
          label={t('triage:intents.topic')}
          description={t('triage:intents.topicHint')}
          placeholder={value.name}
          value={value.topic ?? ''}
          maxLength={80}
          dir="auto"
          onChange={(event) => set({ topic: event.currentTarget.value || null })}
        />
        <MultiSelect
          label={t('triage:intents.tags')}
          description={t('triage:intents.tagsHint')}
          data={tags.map(({ id, name }) => ({ value: id, label: name }))}
          value={value.tag_ids}
          maxValues={20}
          searchable
          nothingFoundMessage={t('triage:intents.noTags')}
          onChange={(tag_ids) => set({ tag_ids })}
        />
      </div>
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={save.isPending}
        onSave={() =>
          value.name.trim() && save.mutate({ id: intent.id, ...draft.changes }, { onSuccess: draft.discard })
        }
        onDiscard={draft.discard}
      />
    </>
  )
}

/** Out of the offer, or back into it. What was said of messages stays. */
function Archive({ intent }: { intent: IntentRow }) {
  const { t } = useTranslation('triage')
  const [isAsking, setAsking] = useState(false)
  const archive = useAct(archiveIntent, [keys.triage.intents], t('intents.archivedNow'))
  const restore = useAct(changeIntent, [keys.triage.intents])
  if (intent.archived_at) {
    return (
      <Button
        variant="default"
        loading={restore.isPending}
        onClick={() => restore.mutate({ id: intent.id, is_archived: false })}
      >
        {t('intents.restore')}
      </Button>
    )
  }
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('intents.archive')}
      </Button>
      <Confirm
        opened={isAsking}
        title={t('intents.archiveTitle', { name: intent.name })}
        text={t('intents.archiveText')}
        act={t('intents.archive')}
        isBusy={archive.isPending}
        onAct={() => archive.mutate(intent.id, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
