import { IconCommand, IconHelp, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Hint } from '../components/key-hint'
import { useStore } from '../lib/store'
import { useRemembered } from '../lib/use-remembered'
import { countersQuery } from '../queries/conversations'
import { useMe } from '../queries/me'
import { overlay } from './commands'
import { type NavItem, navigation } from './navigation'
import { ProfileButton } from './profile-button'
import classes from './shell.module.css'

/** The places this person may go to. */
export const usePlaces = (): NavItem[] => {
  const me = useMe()
  return useStore(navigation).filter((item) => !item.permission || me.permissions.includes(item.permission))
}

/** How many of my conversations have something new. */
export const UnreadBadge = () => {
  const { t } = useTranslation()
  const unread = useQuery(countersQuery).data?.unread
  if (!unread?.count) return null
  const text = unread.capped ? `${unread.count}+` : String(unread.count)
  return (
    <span className={classes.badge}>
      <span aria-hidden>{text}</span>
      <span className="visually-hidden">{t('nav.unread', { count: unread.count })}</span>
    </span>
  )
}

/** The way between places, 56 px narrow or 220 wide. */
export function Rail() {
  const { t } = useTranslation()
  const me = useMe()
  const places = usePlaces()
  const [open, setOpen] = useRemembered('rail.open', false)
  return (
    <nav className={classes.rail} data-open={open} aria-label={t('nav.main')}>
      <div className={classes.brand}>
        <img src="/favicon.svg" alt="" />
        <span className={classes.label}>{me.workspace.name}</span>
      </div>
      {places.map(({ to, label, keys, icon: Icon }) => (
        <Hint key={to} label={t(`nav.${label}`)} keys={keys} position="right">
          <Link to={to} className={classes.item}>
            <Icon size={20} stroke={1.6} />
            <span className={classes.label}>{t(`nav.${label}`)}</span>
            {label === 'inbox' && <UnreadBadge />}
          </Link>
        </Hint>
      ))}
      <Hint label={t('shell.search')} keys="/" position="right">
        <Link to={'/search' as string} className={classes.item}>
          <IconSearch size={20} stroke={1.6} />
          <span className={classes.label}>{t('shell.search')}</span>
        </Link>
      </Hint>
      <span className={classes.spacer} />
      <Hint label={t('shell.palette')} keys="mod+k" position="right">
        <button type="button" className={classes.item} onClick={() => overlay.set('palette')}>
          <IconCommand size={20} stroke={1.6} aria-hidden />
          <span className={classes.label}>{t('shell.palette')}</span>
        </button>
      </Hint>
      <Hint label={t('shell.help')} keys="?" position="right">
        <button type="button" className={classes.item} onClick={() => overlay.set('help')}>
          <IconHelp size={20} stroke={1.6} aria-hidden />
          <span className={classes.label}>{t('shell.help')}</span>
        </button>
      </Hint>
      <button type="button" className={classes.item} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconLayoutSidebarLeftExpand size={20} stroke={1.6} aria-hidden />
        <span className={classes.label}>{t(open ? 'nav.collapse' : 'nav.expand')}</span>
      </button>
      <ProfileButton className={classes.item} labelClass={classes.label} />
    </nav>
  )
}
