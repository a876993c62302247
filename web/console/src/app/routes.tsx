import { createRoute, redirect } from '@tanstack/react-router'
import { accountRoutes } from '../features/account/routes'
import { assistantNav, assistantRoutes } from '../features/assistant/routes'
import { customersNav, customersRoutes } from '../features/customers/routes'
import { ComposeDialog, inboxNav, inboxRoutes } from '../features/inbox/routes'
import { knowledgeNav, knowledgeRoutes } from '../features/knowledge/routes'
import { recurringNav, recurringRoutes } from '../features/recurring/routes'
import { settingsNav, settingsRoutes } from '../features/settings/routes'
import { composeDialog } from '../shell/compose'
import { navigation } from '../shell/navigation'
import { rootRoute } from '../shell/root-route'
import { workRoute } from '../shell/work-route'

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' })
  },
})

/** The one registry: a feature exports its routes and its place in the rail, and is named here. */
export const routeTree = rootRoute.addChildren([
  homeRoute,
  ...accountRoutes,
  workRoute.addChildren([
    ...inboxRoutes,
    ...customersRoutes,
    ...knowledgeRoutes,
    ...assistantRoutes,
    ...recurringRoutes,
    ...settingsRoutes,
  ]),
])

navigation.set([inboxNav, customersNav, recurringNav, knowledgeNav, assistantNav, settingsNav])
composeDialog.set(ComposeDialog)
