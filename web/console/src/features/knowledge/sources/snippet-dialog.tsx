import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { type OwnText, Problem, type SnippetIn } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { languageOf } from '../../../lib/locale'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { changeText, createSnippet } from '../../../queries/sources'
import { CommonFields } from './common-fields'
import classes from './sources.module.css'

const MAX_CHARS = 100_000

interface Props {
  /** What is changed; without it a snippet is written. */
  text?: OwnText
  onClose: () => void
  onDone: (text: OwnText) => void
}

/** A text that questions are answered from: what it answers, and the answer. */
export function SnippetDialog({ text, onClose, onDone }: Props) {
  const { t, i18n } = useTranslation(['sources', 'common'])
  const [draft, setDraft] = useState<SnippetIn>({
    title: text?.title ?? '',
    body: text?.body ?? '',
    locale: text?.locale ?? languageOf(i18n.language),
    audience: text?.audience ?? 'public',
  })
  const set = (change: Partial<SnippetIn>) => setDraft((now) => ({ ...now, ...change }))
  const save = useAct(() => (text ? changeText(text.id, draft) : createSnippet(draft)), [keys.sources.textLists])
  const faults = save.error instanceof Problem ? save.error.fields : {}
  const isReady = draft.title.trim() !== '' && draft.body.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) save.mutate(undefined, { onSuccess: onDone })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={false}
      title={text ? t('sources:document.change', { title: text.title }) : t('sources:snippet.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          label={t('sources:snippet.question')}
          description={t('sources:snippet.questionText')}
          value={draft.title}
          error={faults.title}
          required
          maxLength={300}
          dir="auto"
          data-autofocus
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <Textarea
          label={t('sources:snippet.answer')}
          description={t('sources:snippet.answerText')}
          value={draft.body}
          error={faults.body}
          required
          maxLength={MAX_CHARS}
          rows={10}
          resize="vertical"
          dir="auto"
          onChange={(event) => set({ body: event.currentTarget.value })}
        />
        <CommonFields values={draft} onChange={set} />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            {t(text ? 'common:action.save' : 'sources:snippet.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
