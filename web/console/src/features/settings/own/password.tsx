import { Button, PasswordInput } from '@mantine/core'
import { http, Problem, unwrap } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useMe } from '../../../queries/me'
import { Section } from '../parts/page'
import classes from '../settings.module.css'

const changePassword = (body: { password: string; current_password?: string }) =>
  unwrap<unknown>(http.PUT('/v1/me/password', { body }))

/** My password, whether I have one or choose the first. */
export function Password() {
  const { t } = useTranslation('settings')
  const { user } = useMe()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useAct(changePassword, [keys.settings.sessions, keys.me, keys.security], t('profile.changed'))
  const fields = change.error instanceof Problem ? change.error.fields : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = user.has_password ? { password: next, current_password: current } : { password: next }
    change.mutate(body, {
      onSuccess: () => {
        setCurrent('')
        setNext('')
      },
    })
  }
  return (
    <Section title={t('profile.password')} text={t('profile.passwordText')}>
      <form className={`${classes.card} ${classes.form}`} onSubmit={submit}>
        {/* Password managers want to know whose password this is. */}
        <input type="text" autoComplete="username" value={user.email ?? ''} readOnly hidden />
        <div className={classes.pair}>
          {user.has_password && (
            <PasswordInput
              label={t('profile.current')}
              autoComplete="current-password"
              value={current}
              required
              error={fields.current_password}
              visibilityToggleButtonProps={{ 'aria-label': t('profile.show') }}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            label={t('profile.new')}
            autoComplete="new-password"
            value={next}
            required
            minLength={10}
            error={fields.password}
            visibilityToggleButtonProps={{ 'aria-label': t('profile.show') }}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
        </div>
        <div className={classes.actions}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t('profile.change')}
          </Button>
        </div>
      </form>
    </Section>
  )
}
