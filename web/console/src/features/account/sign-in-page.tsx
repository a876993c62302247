import { Alert, Anchor, Button, Divider, PasswordInput, TextInput } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canSuggestPasskeys, canUsePasskeys, stopAsking } from '../../lib/passkeys'
import {
  enter,
  getWays,
  leaveFor,
  type SecondStep,
  secondStepOf,
  secondStepOfAddress,
  signIn,
  signInByPasskey,
} from './api'
import { CodeStep } from './code-step'
import { Frame } from './frame'
import { PasskeyButton } from './passkey-button'
import { useExplain } from './use-explain'
import { useFormCall } from './use-form-call'

const route = getRouteApi('/sign-in')

/** A password and then perhaps a code; or a passkey; or an identity provider. */
export function SignInPage(): ReactNode {
  const { to } = route.useSearch()
  const [step, setStep] = useState<SecondStep | null>(secondStepOfAddress)
  if (step) return <CodeStep step={step} onAgain={() => setStep(null)} onDone={() => enter(to)} />
  return <FirstStep onSecond={setStep} />
}

function FirstStep({ onSecond }: { onSecond: (step: SecondStep) => void }) {
  const { t } = useTranslation('account')
  const explain = useExplain()
  const { to, problem, workspace } = route.useSearch()
  const ways = useQuery({
    queryKey: ['ways', workspace],
    queryFn: () => getWays(workspace),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const hasPasskeys = Boolean(ways.data?.passkeys) && canUsePasskeys()
  useSuggestedPasskey(hasPasskeys, to, workspace)
  const { submit, busy, error } = useFormCall(async ({ email = '', password = '' }) => {
    try {
      await signIn({ email, password, workspace: workspace ?? null })
      enter(to)
    } catch (reason) {
      const step = secondStepOf(reason)
      if (!step) throw reason
      onSecond(step)
    }
  }, explain)
  return (
    <Frame title={t('signIn.title')}>
      {problem && !error && (
        <Alert color="red" role="alert">
          {t(`problems.${problem}` as 'problems.provider_refused', { defaultValue: t('problems.provider_refused') })}
        </Alert>
      )}
      <form onSubmit={submit}>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <TextInput name="email" type="email" label={t('email')} autoComplete="username webauthn" required autoFocus />
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
      {(hasPasskeys || ways.data?.providers.length) && <Divider label={t('signIn.or')} />}
      {hasPasskeys && <PasskeyButton onDone={() => enter(to)} workspace={workspace} />}
      {ways.data?.providers.map((provider) => (
        <ProviderButton key={provider.id} id={provider.id} name={provider.name} to={to ?? '/inbox'} />
      ))}
    </Frame>
  )
}

/** Offers passkeys among the suggestions for the e-mail field, where the browser can. */
function useSuggestedPasskey(isPossible: boolean, to?: string, workspace?: string) {
  useEffect(() => {
    if (!isPossible) return
    let isGone = false
    canSuggestPasskeys()
      .then(async (can) => {
        if (!can || isGone) return
        await signInByPasskey(workspace, 'conditional')
        enter(to)
      })
      .catch(() => undefined) // Nobody asked for it; the button beside the form says what is wrong.
    return () => {
      isGone = true
      stopAsking()
    }
  }, [isPossible, to, workspace])
}

function ProviderButton({ id, name, to }: { id: string; name: string; to: string }) {
  const { t } = useTranslation('account')
  const explain = useExplain()
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const leave = () => {
    setBusy(true)
    leaveFor(id, to).catch((reason) => {
      setBusy(false)
      setError(explain(reason))
    })
  }
  return (
    <>
      {error && (
        <Alert color="red" role="alert">
          {error}
        </Alert>
      )}
      <Button variant="default" loading={busy} leftSection={<IconLogin2 size={18} aria-hidden />} onClick={leave}>
        {t('signIn.with', { name })}
      </Button>
    </>
  )
}
