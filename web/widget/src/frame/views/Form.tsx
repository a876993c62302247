import type { FieldView } from '@rapport/cards'
import { useState } from 'preact/hooks'
import { useScene } from './context'
import { Field, faultOf } from './Field'

/** The answers as a message: a line `key: value` for each. A message is all that a channel must be able to carry. */
export const answersOf = (fields: FieldView[], values: Record<string, string>): string =>
  fields.flatMap(({ key }) => (values[key]?.trim() ? [`${key}: ${values[key].trim()}`] : [])).join('\n')

interface Props {
  conversationId: string
  /** Makes the ids of its fields its own. */
  name: string
  fields: FieldView[]
  submitLabel: string | null
}

/** A form to fill in where it stands. What was written before, or is written instead, answers it as well. */
export function Form({ conversationId, name, fields, submitLabel }: Props) {
  const { chat, language } = useScene()
  const { t } = language
  const [values, setValues] = useState<Record<string, string>>({})
  const [isChecked, setChecked] = useState(false)
  const [isSent, setSent] = useState(false)
  const idOf = (field: FieldView) => `${name}-${field.key}`

  const submit = (event: Event): void => {
    event.preventDefault()
    setChecked(true)
    const faulty = fields.find((field) => faultOf(field, values[field.key] ?? ''))
    const answers = answersOf(fields, values)
    if (faulty) document.getElementById(idOf(faulty))?.focus()
    else if (answers) {
      setSent(true)
      chat.send(conversationId, answers, [])
    }
  }

  return (
    <form noValidate onSubmit={submit}>
      {fields.map((field) => {
        const fault = isChecked ? faultOf(field, values[field.key] ?? '') : null
        return (
          <Field
            key={field.key}
            id={idOf(field)}
            field={field}
            value={values[field.key] ?? ''}
            fault={fault && t(fault)}
            onInput={(value) => setValues((known) => ({ ...known, [field.key]: value }))}
          />
        )
      })}
      <div class="actions">
        <button type="submit" class="primary" disabled={isSent}>
          {submitLabel ?? t('send')}
        </button>
      </div>
    </form>
  )
}
