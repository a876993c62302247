import { useMantineColorScheme } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { Outlet, useRouter } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { changeLanguage } from '../lib/i18n'
import { useShortcuts } from '../lib/keys'
import { later } from '../lib/late'
import { languageOf } from '../lib/locale'
import { getRealtime } from '../lib/realtime'
import { useStore } from '../lib/store'
import { useNarrow } from '../lib/use-narrow'
import { useMe } from '../queries/me'
import { overlay, useCommands } from './commands'
import { composeDialog, composing } from './compose'
import { navigation } from './navigation'
import { OfflineBanner } from './offline-banner'
import { Rail } from './rail'
import classes from './shell.module.css'
import { TabBar } from './tab-bar'

const Palette = lazy(later(() => import('./palette').then((module) => ({ default: module.Palette }))))
const IssueAlerts = lazy(later(() => import('./issue-alerts').then((module) => ({ default: module.IssueAlerts }))))
const HelpSheet = lazy(later(() => import('./help-sheet').then((module) => ({ default: module.HelpSheet }))))

/** The frame of the working day: rail, page, and what can be called up from anywhere. */
export function Shell(): ReactNode {
  const { t } = useTranslation()
  const narrow = useNarrow()
  const open = useStore(overlay)
  useGoKeys()
  useOwnPreferences()
  useEffect(() => {
    getRealtime().start()
    return () => getRealtime().stop()
  }, [])

  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        {t('shell.skip')}
      </a>
      {!narrow && <Rail />}
      <div className={classes.page}>
        <OfflineBanner />
        <main id="main" tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
      </div>
      {narrow && <TabBar />}
      <Suspense>
        {open === 'palette' && <Palette onClose={() => overlay.set('none')} />}
        {open === 'help' && <HelpSheet onClose={() => overlay.set('none')} />}
        <Composing />
      </Suspense>
      <Suspense>
        <IssueAlerts />
      </Suspense>
    </div>
  )
}

/** The window of a new e-mail, opened by key, by name, or from a customer. */
function Composing() {
  const { t } = useTranslation()
  const mayStart = useMe().permissions.includes('conversations.start')
  const to = useStore(composing)
  const Dialog = useStore(composeDialog)
  const command = { id: 'new-mail', keys: 'c', label: t('shell.newMail'), group: t('shell.general'), icon: IconMail }
  const offered = mayStart ? [{ ...command, run: () => composing.set([]) }] : []
  useShortcuts(offered)
  useCommands(offered)
  return to && Dialog && <Dialog to={to} onClose={() => composing.set(null)} />
}

/** On a browser that knows nothing of this person yet: their theme and language. */
function useOwnPreferences() {
  const { user } = useMe()
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (localStorage.getItem('rapport.theme') === null && isTheme(user.theme)) setColorScheme(user.theme)
    if (localStorage.getItem('rapport.locale') === null && user.locale) void changeLanguage(languageOf(user.locale))
  }, [user, setColorScheme])
}

const isTheme = (theme: string): theme is 'auto' | 'light' | 'dark' => ['auto', 'light', 'dark'].includes(theme)

function useGoKeys() {
  const { t } = useTranslation()
  const router = useRouter()
  const me = useMe()
  const places = useStore(navigation).filter((item) => !item.permission || me.permissions.includes(item.permission))
  useShortcuts([
    { keys: 'mod+k', label: t('shell.palette'), group: t('shell.general'), run: () => overlay.set('palette') },
    { keys: '?', label: t('shell.help'), group: t('shell.general'), run: () => overlay.set('help') },
    { keys: '/', label: t('shell.search'), group: t('shell.general'), run: () => router.history.push('/search') },
    ...places.map((item) => ({
      keys: item.keys,
      label: t(`nav.go.${item.label}`),
      group: t('shell.general'),
      run: () => router.history.push(item.to),
    })),
  ])
}
