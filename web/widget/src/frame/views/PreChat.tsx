import { useState } from 'preact/hooks'
import { useScene } from './context'
import { Field, faultOf } from './Field'

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
            id={`pre-${field.key}`}
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
