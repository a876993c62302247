import {
  type Article,
  type ArticleRow,
  type ArticleVersion,
  type Collection,
  http,
  type Id,
  type KnowledgeAnswer,
  type KnowledgeStatus,
  type Page,
  unwrap,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

export interface ArticleFilter {
  collection_id?: Id
  status?: Article['status']
  /** Words of the title. */
  q?: string
}

export const collectionsQuery = queryOptions({
  queryKey: keys.knowledge.collections,
  queryFn: () => unwrap<Collection[]>(http.GET('/v1/collections')),
})

export const articlesQuery = (filter: ArticleFilter) =>
  infiniteQueryOptions({
    queryKey: keys.knowledge.articles(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<ArticleRow>>(
        http.GET('/v1/articles', {
          params: { query: { ...filter, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

const path = (id: Id) => ({ params: { path: { article_id: id } } })

export const articleQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.knowledge.article(id),
    queryFn: () => unwrap<Article>(http.GET('/v1/articles/{article_id}', path(id))),
  })

export const versionsQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.knowledge.versions(id),
    queryFn: () => unwrap<ArticleVersion[]>(http.GET('/v1/articles/{article_id}/versions', path(id))),
  })

export const knowledgeSearchQuery = (q: string) =>
  queryOptions({
    queryKey: keys.knowledge.search(q),
    queryFn: ({ signal }) =>
      unwrap<KnowledgeAnswer>(http.GET('/v1/knowledge/search', { params: { query: { q, limit: 20 } }, signal })),
    enabled: q.trim().length > 1,
  })

export const knowledgeStatusQuery = queryOptions({
  queryKey: keys.knowledge.status,
  queryFn: () => unwrap<KnowledgeStatus>(http.GET('/v1/knowledge/status')),
})
