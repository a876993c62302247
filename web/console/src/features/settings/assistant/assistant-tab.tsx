import { Slider, Switch, Textarea, TextInput } from '@mantine/core'
import type { AssistantSettings, Id } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { keys } from '../../../queries/keys'
import { assistantQuery, changeAssistant } from '../inboxes/queries'
import { type Draft, useDraft } from '../model/use-draft'
import { Section } from '../parts/page'
import { SaveBar } from '../parts/save-bar'
import classes from '../settings.module.css'
import { TryBox } from './try-box'

/** How the assistant of an inbox behaves, and a place to try it. */
export function AssistantTab({ inboxId }: { inboxId: Id }) {
  const assistant = useQuery(assistantQuery(inboxId))
  if (assistant.isPending) return <RowSkeletons rows={4} height={60} />
  if (assistant.isError) return <Failed error={assistant.error} retry={() => void assistant.refetch()} />
  return <Loaded settings={assistant.data} />
}

function Loaded({ settings }: { settings: AssistantSettings }) {
  const { t } = useTranslation('settings')
  const draft = useDraft(settings)
  const id = settings.inbox_id
  const save = useAct(changeAssistant, [keys.settings.assistant(id)], t('saved'))
  const { value, set } = draft
  return (
    <div className={classes.column}>
      <div className={`${classes.card} ${classes.form}`}>
        <Switch
          label={t('assistant.enabled')}
          description={t('assistant.enabledHint')}
          checked={value.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <TextInput
          label={t('assistant.name')}
          value={value.name}
          maxLength={100}
          dir="auto"
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Textarea
          label={t('assistant.greeting')}
          description={t('look.textsHint')}
          value={value.greeting}
          autosize
          minRows={2}
          dir="auto"
          onChange={(event) => set({ greeting: event.currentTarget.value })}
        />
        <Textarea
          label={t('assistant.handover')}
          description={t('look.textsHint')}
          value={value.handover_text}
          autosize
          minRows={2}
          dir="auto"
          onChange={(event) => set({ handover_text: event.currentTarget.value })}
        />
      </div>
      <Section title={t('assistant.care')}>
        <div className={`${classes.card} ${classes.form}`}>
          <Share draft={draft} name="threshold" />
          <Share draft={draft} name="margin" />
          <Share draft={draft} name="coverage" />
        </div>
      </Section>
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={save.isPending}
        onSave={() => save.mutate({ id, ...draft.changes }, { onSuccess: draft.discard })}
        onDiscard={draft.discard}
      />
      <Section title={t('assistant.try')} text={t('assistant.tryText')}>
        <TryBox inboxId={id} />
      </Section>
    </div>
  )
}

interface ShareProps {
  draft: Draft<AssistantSettings>
  name: 'threshold' | 'margin' | 'coverage'
}

/** A number from 0 to 1, with what it does in words. */
function Share({ draft, name }: ShareProps) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const value = draft.value[name]
  return (
    <div className={classes.field}>
      <div className={classes.actions} style={{ justifyContent: 'space-between' }}>
        <span className={classes.fieldLabel} id={`label-${name}`}>
          {t(`assistant.${name}`)}
        </span>
        <span className="tabular">{format.percent(value)}</span>
      </div>
      <Slider
        min={0}
        max={1}
        step={0.01}
        value={value}
        label={format.percent}
        thumbProps={{ 'aria-labelledby': `label-${name}`, 'aria-valuetext': format.percent(value) }}
        onChange={(next) => draft.set({ [name]: next })}
      />
      <span className={classes.quiet}>{t(`assistant.${name}Hint`)}</span>
    </div>
  )
}
