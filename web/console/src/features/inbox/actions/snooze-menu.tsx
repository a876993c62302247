import { Popover } from '@mantine/core'
import { IconMoonStars } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import classes from './actions.module.css'
import { Moments, moveFocus } from './moments'

interface Props {
  opened: boolean
  onChange: (opened: boolean) => void
  isSnoozed: boolean
  onSnooze: (until: string) => void
  onWake: () => void
}

/** When the conversation shall come back. */
export function SnoozeMenu({ opened, onChange, isSnoozed, onSnooze, onWake }: Props) {
  const { t } = useTranslation('inbox')
  const choose = (act: () => void) => {
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
          <button type="button" className={classes.preset} onClick={() => choose(onWake)}>
            {t('snooze.wake')}
          </button>
        )}
        <Moments act={t('actions.snooze')} onChoose={(until) => choose(() => onSnooze(until))} />
      </Popover.Dropdown>
    </Popover>
  )
}
