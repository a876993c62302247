import { ActionIcon, NativeSelect, TextInput } from '@mantine/core'
import { type Customer, Problem } from '@rapport/client'
import { IconHistory, IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Tooltip } from '../../../components/tooltip'
import { sayFailed } from '../../../lib/say-failed'
import { useFormat } from '../../../lib/use-format'
import { labelOf, useWords } from '../../../lib/use-words'
import { useUpdateCustomer } from '../../../queries/customers'
import { useCan } from '../../../queries/me'
import { type AttributeDefinition, attributesQuery } from '../../../queries/profile'
import classes from '../customers.module.css'
import { ChangesDialog } from './changes-dialog'
import { type AttributeLine, fromText, linesOf, type Scalar, toText } from './values'

/** What is known about a customer, each with its type and what it was before. */
export function AttributesCard({ customer }: { customer: Customer }) {
  const { t } = useTranslation('people')
  const definitions = useQuery(attributesQuery).data ?? []
  const mayWrite = useCan('customers.write') && !customer.erased_at
  const [history, setHistory] = useState<{ field: string; label: string } | null>(null)
  const lines = linesOf(customer.attributes, definitions)
  return (
    <section className={classes.card}>
      <h2>{t('attributes.title')}</h2>
      {lines.length === 0 && <p className={classes.quiet}>{t('attributes.none')}</p>}
      <dl className={classes.facts}>
        {lines.map((line) => (
          <Line
            key={line.key}
            line={line}
            customer={customer}
            mayWrite={mayWrite}
            onHistory={(label) => setHistory({ field: `attributes.${line.key}`, label })}
          />
        ))}
      </dl>
      {history && <ChangesDialog customerId={customer.id} {...history} onClose={() => setHistory(null)} />}
    </section>
  )
}

interface LineProps {
  line: AttributeLine
  customer: Customer
  mayWrite: boolean
  onHistory: (label: string) => void
}

function Line({ line, customer, mayWrite, onHistory }: LineProps) {
  const { t } = useTranslation('people')
  const [isEditing, setEditing] = useState(false)
  const shown = useShown()
  const pencil = useRef<HTMLButtonElement>(null)
  const label = line.definition?.label ?? labelOf(line.key)
  const close = () => {
    setEditing(false)
    requestAnimationFrame(() => pencil.current?.focus())
  }
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>
        {isEditing ? (
          <Field line={line} label={label} customer={customer} onClose={close} />
        ) : (
          <>
            <bdi className={line.value === null ? classes.quiet : undefined}>{shown(line.value, line.definition)}</bdi>
            <span className={classes.factActs}>
              {mayWrite && (
                <ActionIcon
                  ref={pencil}
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t('change', { label })}
                  onClick={() => setEditing(true)}
                >
                  <IconPencil size={14} />
                </ActionIcon>
              )}
              <Tooltip label={t('history')}>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t('historyOf', { label })}
                  onClick={() => onHistory(label)}
                >
                  <IconHistory size={14} />
                </ActionIcon>
              </Tooltip>
            </span>
          </>
        )}
      </dd>
    </div>
  )
}

/** A value as people read it, dates by locale. */
function useShown() {
  const words = useWords()
  const format = useFormat()
  return (value: Scalar, definition: AttributeDefinition | undefined): string => {
    if (value === null) return '–'
    const isDate = definition?.kind === 'date' && !Number.isNaN(Date.parse(String(value)))
    return isDate ? format.date(String(value)) : words(value)
  }
}

interface FieldProps {
  line: AttributeLine
  label: string
  customer: Customer
  onClose: () => void
}

function Field({ line, label, customer, onClose }: FieldProps) {
  const { t } = useTranslation(['people', 'common'])
  const update = useUpdateCustomer(customer.id)
  const [text, setText] = useState(toText(line.value))
  const [fault, setFault] = useState<string | null>(null)
  const kind = line.definition?.kind ?? (typeof line.value === 'number' ? 'number' : kindOf(line.value))
  const save = (event?: FormEvent) => {
    event?.preventDefault()
    try {
      const value = fromText(text, kind)
      if (value === line.value) return onClose()
      update.mutate(
        { attributes: { [line.key]: value } },
        {
          onSuccess: onClose,
          onError: (error) => {
            const told = error instanceof Problem ? error.fields[`attributes.${line.key}`] : undefined
            if (told) setFault(told)
            else sayFailed(error)
          },
        },
      )
    } catch {
      setFault(t('people:attributes.notNumber'))
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    onClose()
  }
  const options = choicesOf(kind, line.definition, { yes: t('common:yes'), no: t('common:no') })
  const shared = { 'aria-label': label, value: text, error: fault, onKeyDown, autoFocus: true, onBlur: () => save() }
  return (
    <form onSubmit={save}>
      {options ? (
        <NativeSelect {...shared} data={options} onChange={(event) => setText(event.currentTarget.value)} />
      ) : (
        <TextInput
          {...shared}
          type={kind === 'date' ? 'date' : 'text'}
          inputMode={kind === 'number' ? 'decimal' : undefined}
          dir="auto"
          maxLength={2_000}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </form>
  )
}

const kindOf = (value: Scalar) => (typeof value === 'boolean' ? 'bool' : 'text')

function choicesOf(kind: string, definition: AttributeDefinition | undefined, words: { yes: string; no: string }) {
  if (kind === 'choice') return ['', ...(definition?.choices ?? [])]
  if (kind !== 'bool') return null
  return [
    { value: '', label: '–' },
    { value: 'true', label: words.yes },
    { value: 'false', label: words.no },
  ]
}
