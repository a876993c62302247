import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProfileButton } from './profile-button'
import { UnreadBadge, usePlaces } from './rail'
import classes from './shell.module.css'

/** The rail of a phone: at the bottom, where the thumb is. */
export function TabBar() {
  const { t } = useTranslation()
  return (
    <nav className={classes.tabs} aria-label={t('nav.main')}>
      {usePlaces().map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={classes.tab}>
          <Icon size={22} stroke={1.6} />
          <span>{t(`nav.${label}`)}</span>
          {label === 'inbox' && <UnreadBadge />}
        </Link>
      ))}
      <Link to={'/search' as string} className={classes.tab}>
        <IconSearch size={22} stroke={1.6} />
        <span>{t('nav.search')}</span>
      </Link>
      <ProfileButton className={classes.tab} label={t('nav.you')} />
    </nav>
  )
}
