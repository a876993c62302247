import { Alert, Button } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isDismissed } from '../../lib/passkeys'
import { signInByPasskey } from './api'
import { useExplain } from './use-explain'

/** Asks the device for a passkey. */
export function PasskeyButton({ onDone, workspace }: { onDone: () => void; workspace?: string }) {
  const { t } = useTranslation('account')
  const explain = useExplain()
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const ask = async () => {
    setBusy(true)
    setError(null)
    try {
      await signInByPasskey(workspace)
      onDone()
    } catch (reason) {
      if (!isDismissed(reason)) setError(explain(reason))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {error && (
        <Alert color="red" role="alert">
          {error}
        </Alert>
      )}
      <Button
        variant="default"
        loading={busy}
        leftSection={<IconFingerprint size={18} aria-hidden />}
        onClick={() => void ask()}
      >
        {t('signIn.passkey')}
      </Button>
    </>
  )
}
