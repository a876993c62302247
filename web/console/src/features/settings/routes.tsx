import { IconSettings } from '@tabler/icons-react'
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import type { NavItem } from '../../shell/navigation'
import { workRoute } from '../../shell/work-route'
import { type InboxTab, isInboxTab, isMailTab, type MailTab } from './model/tabs'

const settingsRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/settings',
  loader: () => loadTexts('settings'),
  component: lazyRouteComponent(() => import('./settings-page'), 'SettingsPage'),
})

const startRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./settings-page'), 'SettingsStart'),
})

const profileRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'profile',
  component: lazyRouteComponent(() => import('./own/profile-page'), 'ProfilePage'),
})

const securityRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'security',
  loader: () => loadTexts('security'),
  component: lazyRouteComponent(() => import('./own/security-page'), 'SecurityPage'),
})

const signInRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'sign-in',
  loader: () => loadTexts('security'),
  component: lazyRouteComponent(() => import('./sign-in/sign-in-settings-page'), 'SignInSettingsPage'),
})

const peopleRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'people',
  component: lazyRouteComponent(() => import('./people/people-page'), 'PeoplePage'),
})

const teamsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'teams',
  component: lazyRouteComponent(() => import('./people/teams-page'), 'TeamsPage'),
})

const apiKeysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'api-keys',
  component: lazyRouteComponent(() => import('./people/api-keys-page'), 'ApiKeysPage'),
})

const inboxesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'inboxes',
  loader: () => loadTexts('mailboxes'),
  component: lazyRouteComponent(() => import('./inboxes/inboxes-page'), 'InboxesPage'),
})

const inboxRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'inboxes/$inboxId',
  loader: () => loadTexts('mailboxes'),
  validateSearch: (search: Record<string, unknown>): { tab?: InboxTab | MailTab } =>
    isInboxTab(search.tab) || isMailTab(search.tab) ? { tab: search.tab } : {},
  component: lazyRouteComponent(() => import('./inboxes/inbox-page'), 'InboxPage'),
})

const newMailRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'inboxes/new-email',
  loader: () => loadTexts('mailboxes'),
  component: lazyRouteComponent(() => import('./mail/wizard/wizard-page'), 'WizardPage'),
})

const textOf = (value: unknown) => (value === undefined ? undefined : String(value))

const signedInRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'inboxes/signed-in',
  loader: () => loadTexts('mailboxes'),
  validateSearch: (search: Record<string, unknown>): { state?: string; code?: string; error?: string } => ({
    state: textOf(search.state),
    code: textOf(search.code),
    error: textOf(search.error),
  }),
  component: lazyRouteComponent(() => import('./mail/signed-in-page'), 'SignedInPage'),
})

const workspaceRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'workspace',
  component: lazyRouteComponent(() => import('./own/workspace-page'), 'WorkspacePage'),
})

const privacyRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'privacy',
  loader: () => loadTexts('privacy'),
  component: lazyRouteComponent(() => import('./privacy/privacy-page'), 'PrivacyPage'),
})

const auditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'audit',
  loader: () => loadTexts('audit'),
  component: lazyRouteComponent(() => import('./audit/audit-page'), 'AuditPage'),
})

const attributesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'attributes',
  loader: () => loadTexts('people'),
  component: lazyRouteComponent(() => import('./customers/attributes-page'), 'AttributesPage'),
})

const writeKeysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'tracking',
  loader: () => loadTexts('people'),
  component: lazyRouteComponent(() => import('./customers/write-keys-page'), 'WriteKeysPage'),
})

const intentsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'intents',
  loader: () => loadTexts('triage'),
  component: lazyRouteComponent(() => import('./triage/intents/intents-page'), 'IntentsPage'),
})

const intentRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'intents/$intentId',
  loader: () => loadTexts('triage'),
  component: lazyRouteComponent(() => import('./triage/intents/intent-page'), 'IntentPage'),
})

const labellingRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'labelling',
  loader: () => loadTexts('triage'),
  component: lazyRouteComponent(() => import('./triage/labelling/labelling-page'), 'LabellingPage'),
})

const languageModelsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'language-models',
  loader: () => loadTexts('models'),
  component: lazyRouteComponent(() => import('./language-models/language-models-page'), 'LanguageModelsPage'),
})

const triageModelsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'triage-models',
  loader: () => loadTexts('triage'),
  component: lazyRouteComponent(() => import('./triage/models/models-page'), 'ModelsPage'),
})

export const settingsRoutes = [
  settingsRoute.addChildren([
    startRoute,
    profileRoute,
    securityRoute,
    signInRoute,
    peopleRoute,
    teamsRoute,
    apiKeysRoute,
    inboxesRoute,
    inboxRoute,
    newMailRoute,
    signedInRoute,
    workspaceRoute,
    auditRoute,
    privacyRoute,
    attributesRoute,
    writeKeysRoute,
    intentsRoute,
    intentRoute,
    labellingRoute,
    languageModelsRoute,
    triageModelsRoute,
  ]),
] as const

export const settingsNav: NavItem = { to: '/settings', label: 'settings', icon: IconSettings, keys: 'g s' }
