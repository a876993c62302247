import { ActionIcon, Button, Menu, TextInput } from '@mantine/core'
import { IconMoonStars, IconSunHigh } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Hint } from '../../../components/key-hint'
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
  return (
    <Menu opened={opened} onChange={onChange} position="bottom-end" width={280}>
      <Menu.Target>
        <span>
          <Hint label={t('actions.snooze')} keys="s">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-haspopup="menu"
              aria-label={t('actions.snooze')}
              onClick={() => onChange(!opened)}
            >
              <IconMoonStars size={20} stroke={1.6} />
            </ActionIcon>
          </Hint>
        </span>
      </Menu.Target>
      <Menu.Dropdown>
        {isSnoozed && (
          <Menu.Item leftSection={<IconSunHigh size={16} aria-hidden />} onClick={onWake}>
            {t('snooze.wake')}
          </Menu.Item>
        )}
        {presets(now).map(({ key, at }) => (
          <Menu.Item
            key={key}
            rightSection={
              <span className={classes.detail}>
                {at.getTime() - now.getTime() < 86_400_000
                  ? format.time(at.toISOString())
                  : format.date(at.toISOString())}
              </span>
            }
            onClick={() => onSnooze(at.toISOString())}
          >
            {t(`snooze.${key}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <form
          className={classes.custom}
          onSubmit={(event) => {
            event.preventDefault()
            if (!chosen || chosen <= now) return
            onSnooze(chosen.toISOString())
            onChange(false)
          }}
        >
          <TextInput
            type="datetime-local"
            label={t('snooze.custom')}
            value={custom}
            min={localInput(now)}
            onKeyDown={(event) => event.stopPropagation()}
            onChange={(event) => setCustom(event.currentTarget.value)}
          />
          <Button type="submit" size="compact-md" variant="light" disabled={!chosen || chosen <= now}>
            {t('actions.snooze')}
          </Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  )
}
