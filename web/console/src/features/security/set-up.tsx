import { Alert, Button, TextInput } from '@mantine/core'
import { http, type Security, type SetUpSecret, unwrap } from '@rapport/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmField } from './confirm-field'
import { RecoveryCodes } from './recovery-codes'
import classes from './security.module.css'
import { useExplain } from './use-explain'

const begin = (password: string) =>
  unwrap<SetUpSecret>(http.POST('/v1/me/second-factor', { body: { password: password || null } }))
const enable = (code: string) =>
  unwrap<{ codes: string[] }>(http.POST('/v1/me/second-factor/enable', { body: { code } }))

interface Props {
  security: Security
  onDone: () => void
}

/** Three steps: confirm, scan and give a code, keep the recovery codes. */
export function SetUp({ security, onDone }: Props) {
  const begun = useMutation({ mutationFn: begin })
  const enabled = useMutation({ mutationFn: enable })
  if (enabled.data) return <RecoveryCodes codes={enabled.data.codes} onDone={onDone} />
  if (begun.data) {
    return <Scan secret={begun.data} error={enabled.error} isBusy={enabled.isPending} onCode={enabled.mutate} />
  }
  return <Begin security={security} error={begun.error} isBusy={begun.isPending} onBegin={begun.mutate} />
}

interface BeginProps {
  security: Security
  error: Error | null
  isBusy: boolean
  onBegin: (password: string) => void
}

function Begin({ security, error, isBusy, onBegin }: BeginProps) {
  const { t } = useTranslation('security')
  const explain = useExplain()
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onBegin(password)
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.text}>{t('setUp.text')}</p>
      {error && (
        <Alert color="red" role="alert">
          {explain(error)}
        </Alert>
      )}
      <ConfirmField security={security} value={password} onChange={setPassword} />
      <div className={classes.actions}>
        <Button type="submit" loading={isBusy} disabled={!security.is_fresh && !security.has_password}>
          {t('setUp.begin')}
        </Button>
      </div>
    </form>
  )
}

interface ScanProps {
  secret: SetUpSecret
  error: Error | null
  isBusy: boolean
  onCode: (code: string) => void
}

function Scan({ secret, error, isBusy, onCode }: ScanProps) {
  const { t } = useTranslation('security')
  const explain = useExplain()
  const [code, setCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onCode(code)
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.steps}>
        <img
          className={classes.qr}
          src={`data:image/svg+xml,${encodeURIComponent(secret.qr_svg)}`}
          alt={t('setUp.qr')}
          width={180}
          height={180}
        />
        <div className={classes.form}>
          <p className={classes.text}>{t('setUp.scan')}</p>
          <code className={classes.secret} dir="ltr">
            {secret.secret.match(/.{1,4}/g)?.join(' ')}
          </code>
        </div>
      </div>
      {error && (
        <Alert color="red" role="alert">
          {explain(error)}
        </Alert>
      )}
      <TextInput
        label={t('setUp.code')}
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        minLength={6}
        maxLength={10}
        dir="ltr"
        required
        autoFocus
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button type="submit" loading={isBusy}>
          {t('setUp.enable')}
        </Button>
      </div>
    </form>
  )
}
