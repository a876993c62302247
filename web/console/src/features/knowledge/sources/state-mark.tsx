import type { Audience, Website, WebsitePage } from '@rapport/client'
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconGhost,
  IconLoader2,
  IconLock,
  IconPlayerStop,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './sources.module.css'

const siteIcons = {
  new: IconCircleDashed,
  queued: IconClock,
  running: IconLoader2,
  stopping: IconLoader2,
  done: IconCheck,
  cancelled: IconPlayerStop,
  failed: IconAlertTriangle,
} as const

const tones: Partial<Record<Website['state'] | WebsitePage['state'], string>> = {
  running: 'busy',
  stopping: 'busy',
  done: 'good',
  indexed: 'good',
  failed: 'bad',
}

/** How the last visit to a website went or goes, by sign and word. */
export function SiteMark({ state }: Pick<Website, 'state'>) {
  const { t } = useTranslation('sources')
  const Icon = siteIcons[state]
  return (
    <span className={classes.mark} data-tone={tones[state]}>
      <Icon size={14} aria-hidden />
      {t(`state.${state}`)}
    </span>
  )
}

const pageIcons = {
  waiting: IconClock,
  indexed: IconCheck,
  read: IconCheck,
  skipped: IconBan,
  failed: IconAlertTriangle,
  gone: IconGhost,
} as const

/** What came of the last visit to a page, or what would come of one that is tried. */
export function PageMark({ state, isTrial = false }: Pick<WebsitePage, 'state'> & { isTrial?: boolean }) {
  const { t } = useTranslation('sources')
  const Icon = pageIcons[state]
  return (
    <span className={classes.mark} data-tone={tones[state]}>
      <Icon size={14} aria-hidden />
      {isTrial && state === 'indexed' ? t('trial.readable') : t(`pageState.${state}`)}
    </span>
  )
}

/** Nothing where customers are answered from it, as is usual. */
export function AudienceMark({ audience }: { audience: Audience }) {
  const { t } = useTranslation('sources')
  if (audience === 'public') return null
  return (
    <span className={classes.mark}>
      <IconLock size={14} aria-hidden />
      {t('audience.internal')}
    </span>
  )
}
