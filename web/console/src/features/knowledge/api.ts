import { type Article, type Collection, http, type Id, unwrap } from '@rapport/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '../../queries/keys'

export type ArticleChange = Partial<Pick<Article, 'title' | 'body' | 'summary' | 'slug' | 'locale' | 'collection_id'>>

const path = (id: Id) => ({ params: { path: { article_id: id } } })

/** After a change: the article is what the server returned, and whatever lists it is fetched again. */
function useKeep() {
  const queries = useQueryClient()
  return (article: Article) => {
    queries.setQueryData(keys.knowledge.article(article.id), article)
    void queries.invalidateQueries({ queryKey: ['knowledge', 'articles'] })
    void queries.invalidateQueries({ queryKey: keys.knowledge.versions(article.id) })
  }
}

export const useCreateArticle = () => {
  const keep = useKeep()
  return useMutation({
    mutationFn: (body: { title: string; collection_id: Id | null }) =>
      unwrap<Article>(
        http.POST('/v1/articles', { body: { ...body, body: '', summary: '', locale: 'en', status: 'draft' } }),
      ),
    onSuccess: keep,
  })
}

export const useSaveArticle = (id: Id) => {
  const keep = useKeep()
  return useMutation({
    mutationFn: (body: ArticleChange) =>
      unwrap<Article>(http.PATCH('/v1/articles/{article_id}', { ...path(id), body })),
    onSuccess: keep,
  })
}

export const usePublish = (id: Id) => {
  const keep = useKeep()
  return useMutation({
    mutationFn: (isPublished: boolean) =>
      unwrap<Article>(
        isPublished
          ? http.POST('/v1/articles/{article_id}/publish', path(id))
          : http.POST('/v1/articles/{article_id}/unpublish', path(id)),
      ),
    onSuccess: keep,
  })
}

export const useRestore = (id: Id) => {
  const keep = useKeep()
  return useMutation({
    mutationFn: (number: number) =>
      unwrap<Article>(
        http.POST('/v1/articles/{article_id}/versions/{number}/restore', {
          params: { path: { article_id: id, number } },
        }),
      ),
    onSuccess: keep,
  })
}

export const useDeleteArticle = (id: Id) => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap<unknown>(http.DELETE('/v1/articles/{article_id}', path(id))),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['knowledge', 'articles'] }),
  })
}

export const useCreateCollection = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => unwrap<Collection>(http.POST('/v1/collections', { body: { name, description: '' } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.knowledge.collections }),
  })
}

/** How the server renders Markdown: the same HTML that customers get. */
export const previewMarkdown = (body: string, signal: AbortSignal) =>
  unwrap<{ html: string }>(http.POST('/v1/articles/preview', { body: { body }, signal }))
