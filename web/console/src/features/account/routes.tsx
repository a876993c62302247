import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import { rootRoute } from '../../shell/root-route'

const loader = () => loadTexts('account')

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === 'string' ? { to: search.to } : {},
  loader,
  component: lazyRouteComponent(() => import('./sign-in-page'), 'SignInPage'),
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

export const accountRoutes = [signInRoute, linkRoute, inviteRoute, resetRoute] as const
