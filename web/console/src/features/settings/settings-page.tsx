import {
  IconBuilding,
  IconHistory,
  IconInbox,
  IconKey,
  IconListDetails,
  IconLogin2,
  IconPlugConnected,
  IconSchool,
  IconShieldLock,
  IconSparkles,
  IconTags,
  IconTarget,
  IconUser,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { Link, Navigate, Outlet, useMatchRoute } from '@tanstack/react-router'
import type { ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNarrow } from '../../lib/use-narrow'
import { useMe } from '../../queries/me'
import classes from './settings.module.css'

interface Place {
  to: string
  label:
    | 'attributes'
    | 'audit'
    | 'profile'
    | 'people'
    | 'teams'
    | 'inboxes'
    | 'apiKeys'
    | 'general'
    | 'intents'
    | 'labelling'
    | 'languageModels'
    | 'triageModels'
    | 'privacy'
    | 'security'
    | 'signIn'
    | 'writeKeys'
  icon: ComponentType<{ size?: number; stroke?: number }>
  permission?: string
}

const mine: Place[] = [
  { to: '/settings/profile', label: 'profile', icon: IconUser },
  { to: '/settings/security', label: 'security', icon: IconUserShield },
]
const shared: Place[] = [
  { to: '/settings/workspace', label: 'general', icon: IconBuilding, permission: 'workspace.manage' },
  { to: '/settings/inboxes', label: 'inboxes', icon: IconInbox, permission: 'inboxes.manage' },
  { to: '/settings/people', label: 'people', icon: IconUsers, permission: 'members.read' },
  { to: '/settings/teams', label: 'teams', icon: IconUsersGroup, permission: 'teams.manage' },
  { to: '/settings/sign-in', label: 'signIn', icon: IconLogin2, permission: 'sign_in.manage' },
  { to: '/settings/intents', label: 'intents', icon: IconTarget, permission: 'assistant.read' },
  { to: '/settings/labelling', label: 'labelling', icon: IconTags, permission: 'conversations.tag' },
  { to: '/settings/triage-models', label: 'triageModels', icon: IconSchool, permission: 'assistant.read' },
  { to: '/settings/language-models', label: 'languageModels', icon: IconSparkles, permission: 'assistant.manage' },
  { to: '/settings/attributes', label: 'attributes', icon: IconListDetails, permission: 'customers.manage' },
  { to: '/settings/tracking', label: 'writeKeys', icon: IconPlugConnected, permission: 'customers.manage' },
  { to: '/settings/api-keys', label: 'apiKeys', icon: IconKey, permission: 'api_keys.manage' },
  { to: '/settings/privacy', label: 'privacy', icon: IconShieldLock, permission: 'privacy.manage' },
  { to: '/settings/audit', label: 'audit', icon: IconHistory, permission: 'audit.read' },
]

/** What can be set, and beside it the part that is being set. On a phone one after the other. */
export function SettingsPage(): ReactNode {
  const narrow = useNarrow()
  const isStart = Boolean(useMatchRoute()({ to: '/settings' }))
  if (narrow) return isStart ? <Nav /> : <Outlet />
  return (
    <div className={classes.panes}>
      <Nav />
      <Outlet />
    </div>
  )
}

/** `/settings` itself: on a wide screen there is always something open. */
export function SettingsStart(): ReactNode {
  return useNarrow() ? null : <Navigate to="/settings/profile" replace />
}

function Nav() {
  const { t } = useTranslation('settings')
  const { permissions } = useMe()
  const allowed = shared.filter((place) => !place.permission || permissions.includes(place.permission))
  return (
    <nav className={classes.nav} aria-label={t('nav.label')}>
      <h1 className={classes.navTitle}>{t('title')}</h1>
      <Group title={t('nav.mine')} places={mine} />
      {allowed.length > 0 && <Group title={t('nav.workspace')} places={allowed} />}
    </nav>
  )
}

function Group({ title, places }: { title: string; places: Place[] }) {
  const { t } = useTranslation('settings')
  return (
    <>
      <h2 className={classes.navGroup}>{title}</h2>
      {places.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={classes.navItem}>
          <Icon size={18} stroke={1.6} />
          {t(`nav.${label}`)}
        </Link>
      ))}
    </>
  )
}
