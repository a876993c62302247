import { Alert, Button, Modal, TextInput } from '@mantine/core'
import { http, type Security, unwrap } from '@rapport/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { ConfirmField, RecoveryCodes, SetUp, useExplain } from '../../security'
import { Section } from '../parts/page'
import classes from '../settings.module.css'

type Task = 'setUp' | 'renew' | 'disable'

/** The authenticator: set up, renew the recovery codes, take away. */
export function SecondFactor({ security }: { security: Security }) {
  const { t } = useTranslation(['security', 'common'])
  const refresh = useAct(async () => undefined, [keys.security, keys.settings.sessions])
  const [task, setTask] = useState<Task | null>(null)
  const close = () => {
    setTask(null)
    refresh.mutate(undefined)
  }
  const since = security.second_factor_enabled_at
  return (
    <Section title={t('security:factor.title')} text={t('security:factor.text')}>
      <div className={classes.card}>
        <ul className={classes.rows}>
          <li className={classes.row}>
            <span className={classes.rowText}>
              <span className={classes.rowTitle}>
                {t('security:factor.authenticator')}{' '}
                <span className={classes.tag} data-kind={since ? 'on' : undefined}>
                  {t(since ? 'security:factor.on' : 'security:factor.off')}
                </span>
              </span>
              <span className={classes.rowNote}>
                {since ? (
                  <>
                    {t('security:factor.since')} <TimeAgo at={since} /> ·{' '}
                    {t('security:factor.codesLeft', { count: security.recovery_codes_left })}
                  </>
                ) : (
                  security.required && t('security:factor.required')
                )}
              </span>
            </span>
            {since ? (
              <>
                <Button variant="default" size="compact-sm" onClick={() => setTask('renew')}>
                  {t('security:factor.renew')}
                </Button>
                <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setTask('disable')}>
                  {t('security:factor.disable')}
                </Button>
              </>
            ) : (
              <Button size="compact-sm" onClick={() => setTask('setUp')}>
                {t('security:factor.setUp')}
              </Button>
            )}
          </li>
        </ul>
      </div>
      <Modal
        opened={task !== null}
        onClose={close}
        title={t(`security:factor.titles.${task ?? 'setUp'}`)}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('common:action.close') }}
      >
        {task === 'setUp' && <SetUp security={security} onDone={close} />}
        {task === 'renew' && <Renew security={security} onDone={close} />}
        {task === 'disable' && <Disable security={security} onDone={close} />}
      </Modal>
    </Section>
  )
}

interface Props {
  security: Security
  onDone: () => void
}

const renewCodes = (password: string) =>
  unwrap<{ codes: string[] }>(
    http.POST('/v1/me/second-factor/recovery-codes', { body: { password: password || null } }),
  )

function Renew({ security, onDone }: Props) {
  const { t } = useTranslation('security')
  const explain = useExplain()
  const [password, setPassword] = useState('')
  const renew = useMutation({ mutationFn: renewCodes })
  if (renew.data) return <RecoveryCodes codes={renew.data.codes} onDone={onDone} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    renew.mutate(password)
  }
  return (
    <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
      <p className={classes.text}>{t('factor.renewText')}</p>
      {renew.error && (
        <Alert color="red" role="alert">
          {explain(renew.error)}
        </Alert>
      )}
      <ConfirmField security={security} value={password} onChange={setPassword} />
      <div className={classes.actions}>
        <Button type="submit" loading={renew.isPending}>
          {t('factor.renew')}
        </Button>
      </div>
    </form>
  )
}

const disableFactor = ({ password, code }: { password: string; code: string }) =>
  unwrap<unknown>(http.POST('/v1/me/second-factor/disable', { body: { password: password || null, code } }))

function Disable({ security, onDone }: Props) {
  const { t } = useTranslation('security')
  const explain = useExplain()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const disable = useMutation({ mutationFn: disableFactor, onSuccess: onDone })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    disable.mutate({ password, code })
  }
  return (
    <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
      <p className={classes.text}>{t('factor.disableText')}</p>
      {disable.error && (
        <Alert color="red" role="alert">
          {explain(disable.error)}
        </Alert>
      )}
      <ConfirmField security={security} value={password} onChange={setPassword} />
      <TextInput
        label={t('factor.code')}
        autoComplete="one-time-code"
        value={code}
        minLength={6}
        maxLength={40}
        dir="ltr"
        required
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button type="submit" color="red" loading={disable.isPending}>
          {t('factor.disable')}
        </Button>
      </div>
    </form>
  )
}
