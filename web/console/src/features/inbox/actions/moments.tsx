import { Button, TextInput } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import classes from './actions.module.css'
import { localInput, presets } from './snooze'

interface Props {
  /** What happens at the chosen moment, for the button of the field. */
  act: string
  onChoose: (at: string) => void
}

/** A few good guesses, and any moment. */
export function Moments({ act, onChoose }: Props) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const [custom, setCustom] = useState('')
  const now = new Date()
  const chosen = custom ? new Date(custom) : null
  const isPast = !chosen || chosen <= now
  return (
    <>
      {presets(now).map(({ key, at }) => (
        <button key={key} type="button" className={classes.preset} onClick={() => onChoose(at.toISOString())}>
          {t(`snooze.${key}`)}
          <span className={classes.detail}>
            {at.getTime() - now.getTime() < 86_400_000 ? format.time(at.toISOString()) : format.date(at.toISOString())}
          </span>
        </button>
      ))}
      <form
        className={classes.custom}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isPast) onChoose(chosen.toISOString())
        }}
      >
        <TextInput
          type="datetime-local"
          label={t('snooze.custom')}
          value={custom}
          min={localInput(now)}
          onChange={(event) => setCustom(event.currentTarget.value)}
        />
        <Button type="submit" size="compact-md" variant="light" disabled={isPast}>
          {act}
        </Button>
      </form>
    </>
  )
}

/** The arrow keys go through the presets. */
export function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (!step || event.target instanceof HTMLInputElement) return
  event.preventDefault()
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button, input')]
  const at = buttons.indexOf(document.activeElement as HTMLElement)
  buttons[(at + step + buttons.length) % buttons.length]?.focus()
}
