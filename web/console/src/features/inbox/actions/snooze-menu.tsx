import { Button, Popover, TextInput } from '@mantine/core'
import { IconMoonStars } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { useFormat } from '../../../lib/use-format'
import classes from './actions.module.css'
import { localInput, presets } from './snooze'

interface Props {
  opened: boolean
  onChange: (opened: boolean) => void
  isSnoozed: boolean
  onSnooze: (until: string) => void
  onWake: () => void
}

/** When the conversation shall come back: a few good guesses, and any moment. */
export function SnoozeMenu({ opened, onChange, isSnoozed, onSnooze, onWake }: Props) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const [custom, setCustom] = useState('')
  const now = new Date()
  const chosen = custom ? new Date(custom) : null
  const choose = (act: () => void) => () => {
    onChange(false)
    act()
  }
  return (
    <Popover opened={opened} onChange={onChange} position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <IconButton label={t('actions.snooze')} keys="s" size="lg" onClick={() => onChange(!opened)}>
          <IconMoonStars size={20} stroke={1.6} />
        </IconButton>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={t('actions.snooze')} onKeyDown={moveFocus}>
        {isSnoozed && (
          <button type="button" className={classes.preset} onClick={choose(onWake)}>
            {t('snooze.wake')}
          </button>
        )}
        {presets(now).map(({ key, at }) => (
          <button key={key} type="button" className={classes.preset} onClick={choose(() => onSnooze(at.toISOString()))}>
            {t(`snooze.${key}`)}
            <span className={classes.detail}>
              {at.getTime() - now.getTime() < 86_400_000
                ? format.time(at.toISOString())
                : format.date(at.toISOString())}
            </span>
          </button>
        ))}
        <form
          className={classes.custom}
          onSubmit={(event) => {
            event.preventDefault()
            if (chosen && chosen > now) choose(() => onSnooze(chosen.toISOString()))()
          }}
        >
          <TextInput
            type="datetime-local"
            label={t('snooze.custom')}
            value={custom}
            min={localInput(now)}
            onChange={(event) => setCustom(event.currentTarget.value)}
          />
          <Button type="submit" size="compact-md" variant="light" disabled={!chosen || chosen <= now}>
            {t('actions.snooze')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

/** The arrow keys go through the presets. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (!step || event.target instanceof HTMLInputElement) return
  event.preventDefault()
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button, input')]
  const at = buttons.indexOf(document.activeElement as HTMLElement)
  buttons[(at + step + buttons.length) % buttons.length]?.focus()
}
