import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext } from '@tanstack/react-router'
import { loadStyles, loadTheRest } from '../lib/late'
import { NotFound, Root } from './root'

export interface RouterContext {
  queries: QueryClient
}

const isList = (path: string) => /^\/(inbox(\/\w+)?)?\/?$/.test(path)

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  beforeLoad: async ({ location }) => {
    if (isList(location.pathname)) return
    loadTheRest()
    await loadStyles()
  },
  component: Root,
  notFoundComponent: NotFound,
})
