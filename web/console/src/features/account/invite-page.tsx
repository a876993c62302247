import { Alert, Anchor, Button, PasswordInput, Skeleton, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../lib/explain'
import { acceptInvitation, continueSignIn, enter, previewInvitation, tokenOfAddress } from './api'
import { Frame } from './frame'
import { useFormCall } from './use-form-call'

export function InvitePage(): ReactNode {
  const { t } = useTranslation(['account', 'common'])
  const token = tokenOfAddress()
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => previewInvitation(token),
    retry: false,
  })
  const { submit, busy, error, fields } = useFormCall(async ({ name = '', password = '' }) => {
    await acceptInvitation({ token, name, password }).then(() => enter(), continueSignIn)
  })
  if (invitation.isPending) {
    return (
      <Frame title={t('account:invite.title')}>
        <Skeleton height={200} />
      </Frame>
    )
  }
  if (invitation.isError) {
    return (
      <Frame title={t('account:invite.title')}>
        <Alert color="red" role="alert">
          {explain(invitation.error)}
        </Alert>
        <p>{t('account:invite.failed')}</p>
        <Anchor component={Link} to="/sign-in">
          {t('account:toSignIn')}
        </Anchor>
      </Frame>
    )
  }
  return (
    <Frame
      title={t('account:invite.title')}
      text={t('account:invite.text', { workspace: invitation.data.workspace_name })}
    >
      <form onSubmit={submit}>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <TextInput label={t('account:email')} value={invitation.data.email} readOnly autoComplete="username" />
        <TextInput name="name" label={t('account:name')} autoComplete="name" error={fields.name} required autoFocus />
        <PasswordInput
          name="password"
          label={t('account:newPassword')}
          description={t('account:passwordRule')}
          autoComplete="new-password"
          minLength={10}
          error={fields.password}
          required
          visibilityToggleButtonProps={{ 'aria-label': t('account:showPassword') }}
        />
        <Button type="submit" loading={busy}>
          {t('account:invite.submit')}
        </Button>
      </form>
    </Frame>
  )
}
