import { Alert, Anchor, Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canUsePasskeys } from '../../lib/passkeys'
import { type SecondStep, signInByCode } from './api'
import { Frame } from './frame'
import { PasskeyButton } from './passkey-button'
import { useExplain } from './use-explain'
import { useFormCall } from './use-form-call'

interface Props {
  step: SecondStep
  onAgain: () => void
  onDone: () => void
}

/** After the password: a code of the authenticator, a recovery code, or a passkey. */
export function CodeStep({ step, onAgain, onDone }: Props) {
  const { t } = useTranslation('account')
  const [isRecovery, setRecovery] = useState(false)
  const explain = useExplain()
  const { submit, busy, error } = useFormCall(async ({ code = '' }) => {
    await signInByCode({ ticket: step.ticket, code })
    onDone()
  }, explain)
  const hasCode = step.methods.includes('code')
  return (
    <Frame
      title={t('code.title')}
      text={t(hasCode ? (isRecovery ? 'code.recoveryText' : 'code.text') : 'code.passkeyText')}
    >
      {hasCode && (
        <form onSubmit={submit}>
          {error && (
            <Alert color="red" role="alert">
              {error}
            </Alert>
          )}
          <TextInput
            key={String(isRecovery)}
            name="code"
            label={t(isRecovery ? 'code.recovery' : 'code.label')}
            autoComplete="one-time-code"
            inputMode={isRecovery ? 'text' : 'numeric'}
            minLength={6}
            maxLength={40}
            dir="ltr"
            required
            autoFocus
          />
          <Button type="submit" loading={busy}>
            {t('code.submit')}
          </Button>
          <Anchor component="button" type="button" onClick={() => setRecovery(!isRecovery)}>
            {t(isRecovery ? 'code.useCode' : 'code.useRecovery')}
          </Anchor>
        </form>
      )}
      {step.methods.includes('passkey') && canUsePasskeys() && <PasskeyButton onDone={onDone} />}
      <Anchor component="button" type="button" onClick={onAgain}>
        {t('code.again')}
      </Anchor>
    </Frame>
  )
}
