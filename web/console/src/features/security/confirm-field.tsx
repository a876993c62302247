import { Alert, PasswordInput } from '@mantine/core'
import type { Security } from '@rapport/client'
import { useTranslation } from 'react-i18next'

/** Whether a change must be confirmed by the password. */
export const needsPassword = (security: Security): boolean => !security.is_fresh && security.has_password

interface Props {
  security: Security
  value: string
  onChange: (value: string) => void
}

/** The password once more, where signing in is not just done; or what to do without one. */
export function ConfirmField({ security, value, onChange }: Props) {
  const { t } = useTranslation('security')
  if (security.is_fresh) return null
  if (!security.has_password) return <Alert color="yellow">{t('signInAgain')}</Alert>
  return (
    <PasswordInput
      label={t('password')}
      description={t('passwordWhy')}
      autoComplete="current-password"
      value={value}
      required
      visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
