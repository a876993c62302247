import { IconMenu2, IconSearch } from '@tabler/icons-react'
import { Link, useMatchRoute } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { NavItem } from './navigation'
import { ProfileButton } from './profile-button'
import { UnreadBadge, usePlaces } from './rail'
import classes from './shell.module.css'

/** So many places have a tab of their own; a fifth label would be cut off. */
const most = 2

/** The rail of a phone: at the bottom, where the thumb is. */
export function TabBar() {
  const { t } = useTranslation()
  const places = usePlaces()
  return (
    <nav className={classes.tabs} aria-label={t('nav.main')}>
      {places.slice(0, most).map(({ to, label, icon: Icon }) => (
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
      <More places={places.slice(most)} />
      <ProfileButton className={classes.tab} label={t('nav.you')} />
    </nav>
  )
}

/** The other places, above the bar. The browser's own popover: it closes by Escape and beside it. */
function More({ places }: { places: NavItem[] }) {
  const { t } = useTranslation()
  const matches = useMatchRoute()
  const sheet = useRef<HTMLDivElement>(null)
  const isHere = places.some(({ to }) => matches({ to, fuzzy: true }))
  return (
    <>
      <button
        type="button"
        popoverTarget="more-places"
        className={classes.tab}
        data-status={isHere ? 'active' : undefined}
      >
        <IconMenu2 size={22} stroke={1.6} />
        <span>{t('nav.more')}</span>
      </button>
      <div ref={sheet} id="more-places" popover="auto" className={classes.more}>
        {places.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className={classes.place} onClick={() => sheet.current?.hidePopover()}>
            <Icon size={20} stroke={1.6} />
            {t(`nav.${label}`)}
          </Link>
        ))}
      </div>
    </>
  )
}
