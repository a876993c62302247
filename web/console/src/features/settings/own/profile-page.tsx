import { Button, NativeSelect, SegmentedControl, TextInput, useMantineColorScheme } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { changeLanguage } from '../../../lib/i18n'
import { type Language, languageOf, languages } from '../../../lib/locale'
import { useMe, useSavePreferences } from '../../../queries/me'
import { Page } from '../parts/page'
import classes from '../settings.module.css'

const themes = ['auto', 'light', 'dark'] as const

/** Me: my name, and how it looks. */
export function ProfilePage(): ReactNode {
  const { t } = useTranslation('settings')
  return (
    <Page title={t('profile.title')} text={t('profile.text')}>
      <Self />
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
