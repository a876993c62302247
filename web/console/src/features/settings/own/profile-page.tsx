import { Button, NativeSelect, PasswordInput, SegmentedControl, TextInput, useMantineColorScheme } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { http, Problem, unwrap } from '@rapport/client'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { changeLanguage } from '../../../lib/i18n'
import { type Language, languageOf, languages } from '../../../lib/locale'
import { keys } from '../../../queries/keys'
import { useMe, useSavePreferences } from '../../../queries/me'
import { useAct } from '../model/use-act'
import { Page, Section } from '../parts/page'
import classes from '../settings.module.css'
import { Sessions } from './sessions'

const themes = ['auto', 'light', 'dark'] as const

/** Me: my name, how it looks, my password, and where I am signed in. */
export function ProfilePage(): ReactNode {
  const { t } = useTranslation('settings')
  return (
    <Page title={t('profile.title')} text={t('profile.text')}>
      <Self />
      <Password />
      <Sessions />
    </Page>
  )
}

function Self() {
  const { t, i18n } = useTranslation(['settings', 'common'])
  const { user } = useMe()
  const save = useSavePreferences()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [name, setName] = useState(user.name)
  const saveName = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(
      { name: name.trim() },
      {
        onSuccess: () => notifications.show({ message: t('settings:saved') }),
        onError: (error) =>
          notifications.show({ color: 'red', title: t('common:state.failed'), message: explain(error) }),
      },
    )
  }
  return (
    <div className={`${classes.card} ${classes.form}`}>
      <form className={classes.form} style={{ padding: 0 }} onSubmit={saveName}>
        <TextInput
          label={t('settings:name')}
          description={t('settings:profile.nameHint')}
          value={name}
          required
          maxLength={200}
          autoComplete="name"
          dir="auto"
          onChange={(event) => setName(event.currentTarget.value)}
          rightSectionWidth={90}
          rightSection={
            name.trim() !== user.name && (
              <Button type="submit" size="compact-sm" loading={save.isPending}>
                {t('common:action.save')}
              </Button>
            )
          }
        />
      </form>
      <TextInput label={t('settings:email')} value={user.email ?? ''} readOnly dir="ltr" />
      <div className={classes.pair}>
        <NativeSelect
          label={t('settings:profile.language')}
          value={languageOf(i18n.language)}
          onChange={(event) => {
            const language = event.currentTarget.value as Language
            void changeLanguage(language)
            save.mutate({ locale: language })
          }}
          data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        />
        <div className={classes.field}>
          <span className={classes.fieldLabel} id="theme-label">
            {t('settings:profile.theme')}
          </span>
          <SegmentedControl
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(value) => {
              const theme = value as (typeof themes)[number]
              setColorScheme(theme)
              save.mutate({ theme })
            }}
            data={themes.map((value) => ({ value, label: t(`settings:profile.themes.${value}`) }))}
          />
        </div>
      </div>
    </div>
  )
}

const changePassword = (body: { password: string; current_password?: string }) =>
  unwrap<unknown>(http.PUT('/v1/me/password', { body }))

function Password() {
  const { t } = useTranslation('settings')
  const { user } = useMe()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useAct(changePassword, [keys.settings.sessions, keys.me], t('profile.changed'))
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
            minLength={12}
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
