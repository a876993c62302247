import { Alert, Anchor, Button, PasswordInput, TextInput } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { enter, signIn } from './api'
import { Frame } from './frame'
import { useFormCall } from './use-form-call'

const route = getRouteApi('/sign-in')

export function SignInPage(): ReactNode {
  const { t } = useTranslation('account')
  const { to } = route.useSearch()
  const { submit, busy, error } = useFormCall(async ({ email = '', password = '' }) => {
    await signIn({ email, password })
    enter(to)
  })
  return (
    <Frame title={t('signIn.title')}>
      <form onSubmit={submit}>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <TextInput name="email" type="email" label={t('email')} autoComplete="username" required autoFocus />
        <PasswordInput
          name="password"
          label={t('password')}
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
        />
        <Button type="submit" loading={busy}>
          {t('signIn.submit')}
        </Button>
        <Anchor component={Link} to="/reset">
          {t('signIn.forgotten')}
        </Anchor>
      </form>
    </Frame>
  )
}
