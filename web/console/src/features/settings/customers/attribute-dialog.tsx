import { Button, Modal, NativeSelect, TagsInput, TextInput } from '@mantine/core'
import { Problem } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { type AttributeDefinition, type AttributeKind, addAttribute, changeAttribute } from '../../../queries/profile'
import classes from '../settings.module.css'
import { keyOf } from './key-of'

const kinds: AttributeKind[] = ['text', 'number', 'date', 'bool', 'choice']

interface Props {
  /** Null for a new one. */
  definition: AttributeDefinition | null
  onClose: () => void
}

/** The name, kind and choices of an attribute. The key of a new one follows its name until it is typed. */
export function AttributeDialog({ definition, onClose }: Props) {
  const { t } = useTranslation(['people', 'common'])
  const [label, setLabel] = useState(definition?.label ?? '')
  const [typedKey, setTypedKey] = useState<string | null>(definition?.key ?? null)
  const [kind, setKind] = useState<AttributeKind>(definition?.kind ?? 'text')
  const [choices, setChoices] = useState(definition?.choices ?? [])
  const key = typedKey ?? keyOf(label)
  const own = kind === 'choice' ? { choices } : {}
  const act = () =>
    definition
      ? changeAttribute({ id: definition.id, label: label.trim(), ...own })
      : addAttribute({ key, label: label.trim(), kind, choices: kind === 'choice' ? choices : [] })
  const save = useAct(act, [keys.customers.attributes])
  const faults = save.error instanceof Problem ? save.error.fields : {}
  const isReady = label.trim() !== '' && key !== '' && (kind !== 'choice' || choices.length > 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) save.mutate(undefined, { onSuccess: onClose })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={definition ? t('people:definitions.changeOne', { label: definition.label }) : t('people:definitions.add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
        <TextInput
          label={t('people:definitions.label')}
          value={label}
          error={faults.label}
          required
          maxLength={100}
          dir="auto"
          data-autofocus
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <TextInput
          label={t('people:definitions.key')}
          description={t('people:definitions.keyText')}
          value={key}
          error={faults.key}
          disabled={definition !== null}
          required
          maxLength={64}
          dir="ltr"
          onChange={(event) => setTypedKey(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('people:definitions.kind')}
          value={kind}
          disabled={definition !== null}
          data={kinds.map((value) => ({ value, label: t(`people:definitions.kinds.${value}`) }))}
          onChange={(event) => setKind(event.currentTarget.value as AttributeKind)}
        />
        {kind === 'choice' && (
          <TagsInput
            label={t('people:definitions.choices')}
            description={t('people:definitions.choicesText')}
            value={choices}
            maxTags={100}
            error={faults.choices}
            onChange={setChoices}
          />
        )}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
