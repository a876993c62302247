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
  loader: () => loadTexts('customers', 'people', 'mail', 'privacy'),
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

const peopleTexts = () => loadTexts('customers', 'people', 'mail')

const companiesRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/companies',
  validateSearch: (search: Record<string, unknown>): { q?: string } =>
    search.q !== undefined && search.q !== '' ? { q: String(search.q) } : {},
  loader: peopleTexts,
  component: lazyRouteComponent(() => import('./companies/companies-page'), 'CompaniesPage'),
})

const companyRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/companies/$companyId',
  loader: peopleTexts,
  component: lazyRouteComponent(() => import('./companies/company-page'), 'CompanyPage'),
})

const duplicatesRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/duplicates',
  loader: peopleTexts,
  component: lazyRouteComponent(() => import('./duplicates/duplicates-page'), 'DuplicatesPage'),
})

const importsRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/imports',
  loader: peopleTexts,
  component: lazyRouteComponent(() => import('./importing/imports-page'), 'ImportsPage'),
})

const importRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/imports/$importId',
  loader: peopleTexts,
  component: lazyRouteComponent(() => import('./importing/import-page'), 'ImportPage'),
})

export const customersRoutes = [
  customersRoute.addChildren([nobodyRoute, customerRoute]),
  companiesRoute,
  companyRoute,
  duplicatesRoute,
  importsRoute,
  importRoute,
] as const

export const customersNav: NavItem = {
  to: '/customers',
  label: 'customers',
  icon: IconUsers,
  keys: 'g c',
  permission: 'customers.read',
}
