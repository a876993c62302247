import type { ClipboardEventHandler, KeyboardEventHandler, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './composer.module.css'

interface Props {
  ref: Ref<HTMLTextAreaElement>
  body: string
  isNote: boolean
  onType: (body: string) => void
  onBlur: () => void
  onKeyDown: KeyboardEventHandler<HTMLTextAreaElement>
  onPaste: ClipboardEventHandler<HTMLTextAreaElement>
}

/** Where the words are typed; it grows with them. */
export function Field({ ref, body, isNote, onType, ...handlers }: Props) {
  const { t } = useTranslation('inbox')
  return (
    <textarea
      ref={ref}
      className={classes.field}
      value={body}
      dir={body ? 'auto' : undefined}
      rows={3}
      maxLength={20_000}
      aria-label={t(isNote ? 'composer.noteLabel' : 'composer.replyLabel')}
      placeholder={t(isNote ? 'composer.notePlaceholder' : 'composer.replyPlaceholder')}
      onChange={(event) => onType(event.currentTarget.value)}
      {...handlers}
    />
  )
}
