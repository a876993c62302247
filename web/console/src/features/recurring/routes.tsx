import { IconRepeat } from '@tabler/icons-react'
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import type { IssueFilter, TrendUnit } from '../../queries/recurring'
import type { NavItem } from '../../shell/navigation'
import { workRoute } from '../../shell/work-route'

/** What the address says of the list; what is absent is as usual. */
export interface IssuesSearch extends Partial<Pick<IssueFilter, 'state' | 'period' | 'product'>> {
  order?: 'count'
}

const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | undefined =>
  known.find((each) => each === value)

const recurringRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/recurring',
  validateSearch: (search: Record<string, unknown>): IssuesSearch => {
    const state = oneOf(search.state, ['dismissed', 'resolved'] as const)
    const order = oneOf(search.order, ['count'] as const)
    const period = oneOf(search.period, ['day', 'week', 'month'] as const)
    return {
      ...(state ? { state } : {}),
      ...(order ? { order } : {}),
      ...(period ? { period } : {}),
      ...(search.product ? { product: String(search.product) } : {}),
    }
  },
  loader: () => loadTexts('recurring'),
  component: lazyRouteComponent(() => import('./issues-page'), 'IssuesPage'),
})

const issueRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/recurring/$issueId',
  validateSearch: (search: Record<string, unknown>): { unit?: TrendUnit } => {
    const unit = oneOf(search.unit, ['hour', 'week'] as const)
    return unit ? { unit } : {}
  },
  loader: () => loadTexts('recurring'),
  component: lazyRouteComponent(() => import('./issue-page'), 'IssuePage'),
})

export const recurringRoutes = [recurringRoute, issueRoute] as const

export const recurringNav: NavItem = {
  to: '/recurring',
  label: 'recurring',
  icon: IconRepeat,
  keys: 'g r',
  permission: 'conversations.read',
}
