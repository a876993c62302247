import { useState } from 'preact/hooks'
import type { PreChatField } from '../../protocol'
import { useScene } from './context'

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const inputTypes = { text: 'text', email: 'email', phone: 'tel' } as const

/** What is wrong with an answer, if anything. */
export function faultOf(field: PreChatField, value: string): 'required' | 'bad_email' | null {
  if (!value.trim()) return field.required ? 'required' : null
  return field.type === 'email' && !address.test(value.trim()) ? 'bad_email' : null
}

/** The answers as the server takes them: name and e-mail have their places, the rest are attributes. */
export function profileOf(values: Record<string, string>) {
  const given = Object.entries(values).flatMap(([key, value]) => (value.trim() ? [[key, value.trim()] as const] : []))
  const { name, email, ...attributes } = Object.fromEntries(given)
  return {
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    ...(Object.keys(attributes).length ? { attributes } : {}),
  }
}

function Field({
  field,
  value,
  onInput,
  fault,
}: {
  field: PreChatField
  value: string
  onInput(value: string): void
  fault: string | null
}) {
  const { t } = useScene().language
  const id = `pre-${field.key}`
  const shared = {
    id,
    name: field.key,
    value,
    required: field.required,
    'aria-invalid': fault ? true : undefined,
    'aria-describedby': fault ? `${id}-fault` : undefined,
  }
  return (
    <div class="field">
      <label for={id}>
        {field.label} {!field.required && <span class="faint">({t('optional')})</span>}
      </label>
      {field.type === 'textarea' ? (
        <textarea {...shared} rows={2} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          type={inputTypes[field.type] ?? 'text'}
          autocomplete={field.key === 'name' ? 'name' : field.type === 'email' ? 'email' : 'on'}
          dir="auto"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  )
}

/** Questions before the first message, as the inbox asks them. */
export function PreChat() {
  const { chat, state, language } = useScene()
  const { t } = language
  const [values, setValues] = useState<Record<string, string>>({})
  const [isChecked, setChecked] = useState(false)
  const fields = state.config?.pre_chat.fields ?? []
  const isOptional = fields.every((field) => !field.required)

  const submit = (event: Event): void => {
    event.preventDefault()
    setChecked(true)
    const faulty = fields.find((field) => faultOf(field, values[field.key] ?? ''))
    if (faulty) document.getElementById(`pre-${faulty.key}`)?.focus()
    else chat.introduce(profileOf(values))
  }

  return (
    <form class="pre-chat" noValidate onSubmit={submit}>
      <h2>{t('intro')}</h2>
      {isOptional && <p class="faint">{t('intro_hint')}</p>}
      {fields.map((field) => {
        const fault = isChecked ? faultOf(field, values[field.key] ?? '') : null
        return (
          <Field
            key={field.key}
            field={field}
            value={values[field.key] ?? ''}
            fault={fault && t(fault)}
            onInput={(value) => setValues((known) => ({ ...known, [field.key]: value }))}
          />
        )
      })}
      <div class="actions">
        <button type="submit" class="primary">
          {t('continue')}
        </button>
        {isOptional && (
          <button type="button" class="quiet" onClick={() => chat.introduce({})}>
            {t('skip')}
          </button>
        )}
      </div>
    </form>
  )
}
