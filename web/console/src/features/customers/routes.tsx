import { IconUsers } from '@tabler/icons-react'
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import type { NavItem } from '../../shell/navigation'
import { workRoute } from '../../shell/work-route'

const customersRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/customers',
  validateSearch: (search: Record<string, unknown>): { q?: string } =>
    search.q !== undefined && search.q !== '' ? { q: String(search.q) } : {},
  loader: () => loadTexts('customers', 'privacy'),
  component: lazyRouteComponent(() => import('./customers-page'), 'CustomersPage'),
})

const nobodyRoute = createRoute({
  getParentRoute: () => customersRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./customers-page'), 'NobodyChosen'),
})

const customerRoute = createRoute({
  getParentRoute: () => customersRoute,
  path: '$customerId',
  component: lazyRouteComponent(() => import('./customer-page'), 'CustomerPage'),
})

export const customersRoutes = [customersRoute.addChildren([nobodyRoute, customerRoute])] as const

export const customersNav: NavItem = {
  to: '/customers',
  label: 'customers',
  icon: IconUsers,
  keys: 'g c',
  permission: 'customers.read',
}
