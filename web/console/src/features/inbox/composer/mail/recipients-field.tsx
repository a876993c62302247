import { IconAlertTriangle, IconX } from '@tabler/icons-react'
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Recipient } from '../../../../queries/mail'
import { fullName } from '../../model/mail'
import { addRecipients, isAddress, readRecipients } from './addresses'
import classes from './mail-composer.module.css'

interface Props {
  label: string
  people: Recipient[]
  onChange: (people: Recipient[]) => void
  isFocused?: boolean
}

/** Who gets a mail: chips, and a field that makes more of them. Enter, comma and leaving the field finish one. */
export function RecipientsField({ label, people, onChange, isFocused = false }: Props) {
  const { t } = useTranslation('mail')
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')

  const take = (more: string) => {
    setText('')
    if (more.trim()) onChange(addRecipients(people, readRecipients(more)))
  }
  const edit = (person: Recipient) => {
    take(text)
    onChange(people.filter((each) => each !== person))
    setText(fullName(person))
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = people.at(-1)
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      take(text)
    } else if ((event.key === ',' || event.key === ';') && isAddress(readRecipients(text)[0]?.address ?? '')) {
      event.preventDefault()
      take(text)
    } else if (event.key === 'Backspace' && text === '' && last) {
      event.preventDefault()
      edit(last)
    }
  }
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text')
    if (text || !/[,;\n@]/.test(pasted)) return
    event.preventDefault()
    take(pasted)
  }

  return (
    <div className={classes.row}>
      <label htmlFor={id}>{label}</label>
      <ul className={classes.chips} aria-label={label}>
        {people.map((person) => (
          <Chip
            key={person.address}
            person={person}
            onEdit={() => edit(person)}
            onRemove={() => {
              onChange(people.filter((each) => each !== person))
              input.current?.focus()
            }}
          />
        ))}
        <li className={classes.adding}>
          <input
            ref={input}
            id={id}
            type="text"
            inputMode="email"
            autoComplete="off"
            spellCheck={false}
            value={text}
            placeholder={people.length === 0 ? t('compose.addressPlaceholder') : undefined}
            // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field.
            autoFocus={isFocused}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onBlur={() => take(text)}
          />
        </li>
      </ul>
    </div>
  )
}

interface ChipProps {
  person: Recipient
  onEdit: () => void
  onRemove: () => void
}

function Chip({ person, onEdit, onRemove }: ChipProps) {
  const { t } = useTranslation('mail')
  const isValid = isAddress(person.address)
  return (
    <li className={classes.chip} data-invalid={!isValid || undefined}>
      {!isValid && <IconAlertTriangle size={13} aria-hidden />}
      <button
        type="button"
        className={classes.chipName}
        title={person.address}
        aria-label={t(isValid ? 'compose.editRecipient' : 'compose.invalid', { address: fullName(person) })}
        onClick={onEdit}
      >
        <bdi>{person.name || person.address}</bdi>
      </button>
      <button
        type="button"
        className={classes.chipRemove}
        aria-label={t('compose.removeRecipient', { address: person.address })}
        onClick={onRemove}
      >
        <IconX size={12} aria-hidden />
      </button>
    </li>
  )
}
