import { Alert, Button, TextInput } from '@mantine/core'
import { http, type Security, unwrap } from '@rapport/client'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canUsePasskeys, isDismissed, makePasskey } from '../../lib/passkeys'
import { ConfirmField } from './confirm-field'
import classes from './security.module.css'
import { useExplain } from './use-explain'

async function add({ name, password }: { name: string; password: string }) {
  const body = { password: password || null }
  const { options } = await unwrap<{ options: Record<string, unknown> }>(http.POST('/v1/me/passkeys/options', { body }))
  const credential = await makePasskey(options)
  return unwrap<unknown>(http.POST('/v1/me/passkeys', { body: { name, credential } }))
}

interface Props {
  security: Security
  onDone: () => void
}

/** Have this device, or a key that is plugged in, make a passkey. */
export function AddPasskey({ security, onDone }: Props) {
  const { t } = useTranslation('security')
  const explain = useExplain()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const adding = useMutation({
    mutationFn: add,
    onSuccess: () => {
      setName('')
      setPassword('')
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    adding.mutate({ name: name.trim(), password })
  }
  if (!canUsePasskeys()) return <p className={classes.text}>{t('passkeys.noBrowser')}</p>
  return (
    <form className={classes.form} onSubmit={submit}>
      {adding.error && !isDismissed(adding.error) && (
        <Alert color="red" role="alert">
          {explain(adding.error)}
        </Alert>
      )}
      <TextInput
        label={t('passkeys.name')}
        placeholder={t('passkeys.namePlaceholder')}
        value={name}
        maxLength={120}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <ConfirmField security={security} value={password} onChange={setPassword} />
      <div className={classes.actions}>
        <Button
          type="submit"
          variant="default"
          loading={adding.isPending}
          disabled={!security.is_fresh && !security.has_password}
          leftSection={<IconFingerprint size={18} aria-hidden />}
        >
          {t('passkeys.add')}
        </Button>
      </div>
    </form>
  )
}
