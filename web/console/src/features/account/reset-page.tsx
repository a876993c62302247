import { Alert, Anchor, Button, PasswordInput, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { askForReset, enter, resetPassword, tokenOfAddress } from './api'
import { Frame } from './frame'
import { useFormCall } from './use-form-call'

export function ResetPage(): ReactNode {
  return tokenOfAddress() ? <Choose /> : <Ask />
}

function Ask() {
  const { t } = useTranslation('account')
  const [sent, setSent] = useState(false)
  const { submit, busy, error } = useFormCall(async ({ email = '' }) => {
    await askForReset(email)
    setSent(true)
  })
  return (
    <Frame title={t('reset.title')} text={sent ? undefined : t('reset.text')}>
      {sent ? (
        <Alert role="status">{t('reset.sent')}</Alert>
      ) : (
        <form onSubmit={submit}>
          {error && (
            <Alert color="red" role="alert">
              {error}
            </Alert>
          )}
          <TextInput name="email" type="email" label={t('email')} autoComplete="username" required autoFocus />
          <Button type="submit" loading={busy}>
            {t('reset.submit')}
          </Button>
        </form>
      )}
      <Anchor component={Link} to="/sign-in">
        {t('toSignIn')}
      </Anchor>
    </Frame>
  )
}

function Choose() {
  const { t } = useTranslation('account')
  const { submit, busy, error, fields } = useFormCall(async ({ password = '' }) => {
    await resetPassword({ token: tokenOfAddress(), password })
    enter('/sign-in')
  })
  return (
    <Frame title={t('reset.title')}>
      <form onSubmit={submit}>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <PasswordInput
          name="password"
          label={t('newPassword')}
          description={t('passwordRule')}
          autoComplete="new-password"
          minLength={10}
          error={fields.password}
          required
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
        />
        <Button type="submit" loading={busy}>
          {t('reset.choose')}
        </Button>
      </form>
    </Frame>
  )
}
