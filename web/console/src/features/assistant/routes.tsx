import { IconSparkles } from '@tabler/icons-react'
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import type { NavItem } from '../../shell/navigation'
import { workRoute } from '../../shell/work-route'
import { readAnswersSearch, readGapsSearch, readOverviewSearch } from './search'

const assistantRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/assistant',
  loader: () => loadTexts('assistant', 'inbox'),
  component: lazyRouteComponent(() => import('./frame'), 'Frame'),
})

const overviewRoute = createRoute({
  getParentRoute: () => assistantRoute,
  path: '/',
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import('./overview/overview-page'), 'OverviewPage'),
})

const gapsRoute = createRoute({
  getParentRoute: () => assistantRoute,
  path: 'gaps',
  validateSearch: readGapsSearch,
  component: lazyRouteComponent(() => import('./gaps/gaps-page'), 'GapsPage'),
})

const gapRoute = createRoute({
  getParentRoute: () => assistantRoute,
  path: 'gaps/$gapId',
  component: lazyRouteComponent(() => import('./gaps/gap-page'), 'GapPage'),
})

const answersRoute = createRoute({
  getParentRoute: () => assistantRoute,
  path: 'answers',
  validateSearch: readAnswersSearch,
  component: lazyRouteComponent(() => import('./answers/answers-page'), 'AnswersPage'),
})

export const assistantRoutes = [assistantRoute.addChildren([overviewRoute, gapsRoute, gapRoute, answersRoute])] as const

export const assistantNav: NavItem = {
  to: '/assistant',
  label: 'assistant',
  icon: IconSparkles,
  keys: 'g a',
  permission: 'assistant.read',
}
