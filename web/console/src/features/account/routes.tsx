import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import { rootRoute } from '../../shell/root-route'

const loader = () => loadTexts('account')

interface SignInSearch {
  /** Where to go afterwards. */
  to?: string
  /** The code of why an identity provider's answer was refused. */
  problem?: string
  /** A workspace's slug, where there are several. */
  workspace?: string
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    ...(typeof search.to === 'string' && { to: search.to }),
    ...(typeof search.problem === 'string' && { problem: search.problem }),
    ...(typeof search.workspace === 'string' && { workspace: search.workspace }),
  }),
  loader,
  component: lazyRouteComponent(() => import('./sign-in-page'), 'SignInPage'),
})

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/second-factor',
  loader: () => loadTexts('account', 'security'),
  component: lazyRouteComponent(() => import('./set-up-page'), 'SetUpPage'),
})

const linkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/link',
  loader,
  component: lazyRouteComponent(() => import('./link-page'), 'LinkPage'),
})

const inviteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite',
  loader,
  component: lazyRouteComponent(() => import('./invite-page'), 'InvitePage'),
})

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset',
  loader,
  component: lazyRouteComponent(() => import('./reset-page'), 'ResetPage'),
})

export const accountRoutes = [signInRoute, setUpRoute, linkRoute, inviteRoute, resetRoute] as const
