import { useScene } from './context'

/** What is asked, before a conversation or in a form within it. */
export interface Question {
  key: string
  label: string
  type: string
  required: boolean
}

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const inputTypes: Record<string, string> = { email: 'email', phone: 'tel', tel: 'tel', date: 'date' }

/** What is wrong with an answer, if anything. */
export function faultOf(field: Question, value: string): 'required' | 'bad_email' | null {
  if (!value.trim()) return field.required ? 'required' : null
  return field.type === 'email' && !address.test(value.trim()) ? 'bad_email' : null
}

/** One question with its label, its input and what is wrong with the answer. */
export function Field({
  id,
  field,
  value,
  onInput,
  fault,
}: {
  id: string
  field: Question
  value: string
  onInput(value: string): void
  fault: string | null
}) {
  const { t } = useScene().language
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
