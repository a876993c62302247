import { IconBook2 } from '@tabler/icons-react'
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { loadTexts } from '../../lib/i18n'
import type { NavItem } from '../../shell/navigation'
import { workRoute } from '../../shell/work-route'

export interface KnowledgeSearch {
  collection?: string
  status?: 'draft' | 'published'
  q?: string
}

const knowledgeRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/knowledge',
  validateSearch: (search: Record<string, unknown>): KnowledgeSearch => ({
    ...(typeof search.collection === 'string' ? { collection: search.collection } : {}),
    ...(search.status === 'draft' || search.status === 'published' ? { status: search.status } : {}),
    ...(search.q !== undefined && search.q !== '' ? { q: String(search.q) } : {}),
  }),
  loader: () => loadTexts('knowledge'),
  component: lazyRouteComponent(() => import('./knowledge-page'), 'KnowledgePage'),
})

const noneRoute = createRoute({
  getParentRoute: () => knowledgeRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./knowledge-page'), 'NothingOpen'),
})

const articleRoute = createRoute({
  getParentRoute: () => knowledgeRoute,
  path: '$articleId',
  component: lazyRouteComponent(() => import('./article-page'), 'ArticlePage'),
})

const sourcesTexts = () => loadTexts('knowledge', 'sources')

const sourcesRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/knowledge/sources',
  loader: sourcesTexts,
  component: lazyRouteComponent(() => import('./sources/sources-page'), 'SourcesPage'),
})

const sourceRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/knowledge/sources/$sourceId',
  loader: sourcesTexts,
  component: lazyRouteComponent(() => import('./sources/source-page'), 'SourcePage'),
})

const documentRoute = createRoute({
  getParentRoute: () => workRoute,
  path: '/knowledge/documents/$documentId',
  loader: sourcesTexts,
  component: lazyRouteComponent(() => import('./sources/document-page'), 'DocumentPage'),
})

export const knowledgeRoutes = [
  knowledgeRoute.addChildren([noneRoute, articleRoute]),
  sourcesRoute,
  sourceRoute,
  documentRoute,
] as const

export const knowledgeNav: NavItem = { to: '/knowledge', label: 'knowledge', icon: IconBook2, keys: 'g k' }
