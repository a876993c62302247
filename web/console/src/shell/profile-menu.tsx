import { Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Person } from '../components/person'
import { changeLanguage } from '../lib/i18n'
import { type Language, languages } from '../lib/locale'
import { useMe, useSavePreferences, useSignOut } from '../queries/me'

const themes = [
  { value: 'auto', icon: IconDeviceDesktop },
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
] as const

interface Props {
  className?: string
  labelClass?: string
  /** What stands below or beside the face; the person's name unless said otherwise. */
  label?: string
}

/** Who I am here, how it looks, which language it speaks, and the way out. */
export function ProfileMenu({ className, labelClass, label }: Props) {
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
    <Menu position="right-end" width={240}>
      <Menu.Target>
        <button type="button" className={className}>
          <Person name={me.user.name} size={22} />
          <span className={labelClass}>{label ?? me.user.name}</span>
          <span className="visually-hidden">{t('profile.menu')}</span>
        </button>
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
