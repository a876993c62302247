import { Button, PasswordInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'

interface Props {
  /** Whether one is kept; it is never shown again. */
  isKept: boolean
  /** Whether the kept one cannot be used any more. */
  isNeeded: boolean
  value: string
  onChange: (to: string) => void
}

/** The key of a provider: that one is kept is said, and it can be replaced. */
export function KeyField({ isKept, isNeeded, value, onChange }: Props) {
  const { t } = useTranslation('models')
  const [isReplacing, setReplacing] = useState(false)
  if (isKept && !isReplacing && !isNeeded) {
    return (
      <div className={classes.field}>
        <span className={classes.fieldLabel}>{t('key.label')}</span>
        <div className={classes.secret}>
          <IconKey size={16} aria-hidden />
          <span style={{ flex: 1 }}>{t('key.kept')}</span>
          <Button variant="default" size="compact-sm" onClick={() => setReplacing(true)}>
            {t('key.replace')}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <PasswordInput
      label={t('key.label')}
      description={t(isNeeded ? 'key.anew' : isKept ? 'key.replaceHint' : 'key.hint')}
      value={value}
      required={isNeeded}
      maxLength={1_000}
      autoComplete="off"
      dir="ltr"
      data-autofocus={isReplacing || undefined}
      visibilityToggleButtonProps={{ 'aria-label': t('key.show') }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
