import { notifications } from '@mantine/notifications'
import { IconPencil } from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import classes from './context.module.css'

interface Props {
  value: string
  label: string
  placeholder: string
  type?: 'text' | 'email'
  isReadOnly: boolean
  onSave: (value: string) => Promise<unknown>
}

/** A fact that becomes a field when pressed. Enter saves, Escape leaves it as it was. */
export function Editable({ value, label, placeholder, type = 'text', isReadOnly, onSave }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const [editing, setEditing] = useState<string | null>(null)
  const button = useRef<HTMLButtonElement>(null)

  const close = () => {
    setEditing(null)
    requestAnimationFrame(() => button.current?.focus())
  }
  const save = () => {
    if (editing === null) return
    const next = editing.trim()
    close()
    if (next === value) return
    onSave(next).catch((error) =>
      notifications.show({ color: 'red', title: t('common:state.failed'), message: explain(error) }),
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') save()
    if (event.key === 'Escape') {
      event.preventDefault()
      close()
    }
  }

  if (isReadOnly) return <bdi>{value || '–'}</bdi>
  if (editing !== null) {
    return (
      <input
        className={classes.input}
        type={type}
        value={editing}
        aria-label={label}
        dir="auto"
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit exactly this.
        autoFocus
        onChange={(event) => setEditing(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={save}
      />
    )
  }
  return (
    <button
      ref={button}
      type="button"
      className={classes.editable}
      data-empty={!value}
      aria-label={t('inbox:customer.edit', { label, value: value || placeholder })}
      onClick={() => setEditing(value)}
    >
      <bdi>{value || placeholder}</bdi>
      <IconPencil size={14} aria-hidden />
    </button>
  )
}
