import { Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { changeLanguage } from '../lib/i18n'
import { type Language, languages } from '../lib/locale'
import { useMe, useSavePreferences, useSignOut } from '../queries/me'
import { ProfileFace, type ProfileProps } from './profile-face'

const themes = [
  { value: 'auto', icon: IconDeviceDesktop },
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
] as const

/** Who I am here, how it looks, which language it speaks, and the way out. */
export function ProfileMenu({ defaultOpened, ...face }: ProfileProps & { defaultOpened?: boolean }) {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const save = useSavePreferences()
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()

  const choose = (theme: (typeof themes)[number]['value']) => {
    setColorScheme(theme)
    save.mutate({ theme })
  }
  const speak = async (language: Language) => {
    await changeLanguage(language)
    save.mutate({ locale: language })
  }

  return (
    <Menu position="right-end" width={240} defaultOpened={defaultOpened}>
      <Menu.Target>
        <ProfileFace {...face} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.user.email}</Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t('profile.theme')}</Menu.Label>
        {themes.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === value && <IconCheck size={16} aria-label={t('state.chosen')} />}
            onClick={() => choose(value)}
          >
            {t(`profile.themes.${value}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('profile.language')}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            rightSection={i18n.language === language && <IconCheck size={16} aria-label={t('state.chosen')} />}
            onClick={() => void speak(language)}
          >
            {languages[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('profile.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
