import type { View } from '@rapport/client'
import { IconInbox } from '@tabler/icons-react'
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { lazy } from 'react'
import { loadTexts } from '../../lib/i18n'
import { later } from '../../lib/late'
import { recall } from '../../lib/use-remembered'
import { conversationQuery, listQuery, threadQuery } from '../../queries/conversations'
import type { NavItem } from '../../shell/navigation'
import { workRoute } from '../../shell/work-route'
import { InboxPage, NothingOpen } from './inbox-page'
import { type ListSearch, readListSearch, toFilter, views } from './model/search'

const loader = () => loadTexts('inbox')

const startRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/inbox',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/$view', params: { view: recall<View>('inbox.view', 'all') } })
  },
})

const viewRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/inbox/$view',
  params: {
    parse: ({ view }): { view: View } => ({ view: views.find((each) => each === view) ?? 'all' }),
    stringify: ({ view }) => ({ view }),
  },
  validateSearch: (search: Record<string, unknown>): ListSearch => readListSearch(search),
  beforeLoad: ({ context, params, search }) => {
    void context.queries.prefetchInfiniteQuery(listQuery(toFilter(params.view, search)))
  },
  loader,
  component: InboxPage,
})

const noneRoute = createRoute({
  getParentRoute: () => viewRoute,
  path: '/',
  component: NothingOpen,
})

const conversationRoute = createRoute({
  getParentRoute: () => viewRoute,
  path: '$conversationId',
  beforeLoad: ({ context, params }) => {
    void context.queries.prefetchQuery(conversationQuery(params.conversationId))
    void context.queries.prefetchInfiniteQuery(threadQuery(params.conversationId))
  },
  loader: () => loadTexts('mail', 'triage'),
  component: lazyRouteComponent(() => import('./conversation-page'), 'ConversationPage'),
})

// Opening a conversation is what people do next.
void later(() => import('./conversation-page'))().catch(() => {})

const searchRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/search',
  validateSearch: (search: Record<string, unknown>): { q?: string } =>
    search.q === undefined ? {} : { q: String(search.q) },
  loader,
  component: lazyRouteComponent(() => import('./search-page'), 'SearchPage'),
})

/** A new mail, from anywhere. */
export const ComposeDialog = lazy(
  later(() =>
    Promise.all([import('./compose/compose-dialog'), loadTexts('inbox', 'mail')]).then(([module]) => ({
      default: module.ComposeDialog,
    })),
  ),
)

export const inboxRoutes = [startRoute, viewRoute.addChildren([noneRoute, conversationRoute]), searchRoute] as const

export const inboxNav: NavItem = { to: '/inbox', label: 'inbox', icon: IconInbox, keys: 'g i' }
