import {
  type Audience,
  http,
  type Id,
  type OwnText,
  type OwnTextPatch,
  type OwnTextRow,
  type Page,
  type PageTrial,
  type SnippetIn,
  unwrap,
  type Website,
  type WebsiteDetail,
  type WebsiteIn,
  type WebsitePage,
  type WebsitePatch,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { sendFile } from './files'
import { keys } from './keys'

export type PageState = WebsitePage['state']
export type TextKind = OwnTextRow['kind']

/** Whether a website is being read, or waits for it. */
export const isUnderWay = ({ state }: Pick<Website, 'state'>) =>
  state === 'queued' || state === 'running' || state === 'stopping'

const everyMs = 2_000
const path = (id: Id) => ({ params: { path: { source_id: id } } })
const textPath = (id: Id) => ({ params: { path: { document_id: id } } })
const after = (cursor: string | null) => (cursor ? { cursor } : {})

export const websitesQuery = infiniteQueryOptions({
  queryKey: keys.sources.websites,
  queryFn: ({ pageParam, signal }) =>
    unwrap<Page<Website>>(http.GET('/v1/knowledge/sources', { params: { query: after(pageParam) }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

/** One website; events tell of it every ten pages, so it is looked at in between while it is being read. */
export const websiteQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.sources.website(id),
    queryFn: ({ signal }) =>
      unwrap<WebsiteDetail>(http.GET('/v1/knowledge/sources/{source_id}', { ...path(id), signal })),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? everyMs : false),
  })

/** The addresses of a website in the order in which they were found. */
export const pagesQuery = (id: Id, state: PageState | undefined) =>
  infiniteQueryOptions({
    queryKey: keys.sources.pagesIn(id, state),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<WebsitePage>>(
        http.GET('/v1/knowledge/sources/{source_id}/pages', {
          params: { path: { source_id: id }, query: { ...(state ? { state } : {}), ...after(pageParam) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const createWebsite = (body: WebsiteIn) => unwrap<Website>(http.POST('/v1/knowledge/sources', { body }))

export const changeWebsite = (id: Id, body: WebsitePatch) =>
  unwrap<Website>(http.PATCH('/v1/knowledge/sources/{source_id}', { ...path(id), body }))

export const deleteWebsite = (id: Id) => unwrap<unknown>(http.DELETE('/v1/knowledge/sources/{source_id}', path(id)))

export const startCrawl = (id: Id) => unwrap<Website>(http.POST('/v1/knowledge/sources/{source_id}/crawl', path(id)))

export const cancelCrawl = (id: Id) => unwrap<Website>(http.POST('/v1/knowledge/sources/{source_id}/cancel', path(id)))

/** Visit once more what failed. */
export const retryPages = (id: Id) => unwrap<Website>(http.POST('/v1/knowledge/sources/{source_id}/retry', path(id)))

/** What a visit to `url` would come to; nothing is kept. */
export const tryPage = (id: Id, url: string) =>
  unwrap<PageTrial>(http.POST('/v1/knowledge/sources/{source_id}/try', { ...path(id), body: { url } }))

/** Files and snippets by last change. */
export const textsQuery = (kind: TextKind | undefined) =>
  infiniteQueryOptions({
    queryKey: keys.sources.texts(kind),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<OwnTextRow>>(
        http.GET('/v1/knowledge/documents', {
          params: { query: { ...(kind ? { kind } : {}), ...after(pageParam) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const textQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.sources.text(id),
    queryFn: ({ signal }) =>
      unwrap<OwnText>(http.GET('/v1/knowledge/documents/{document_id}', { ...textPath(id), signal })),
  })

export const createSnippet = (body: SnippetIn) => unwrap<OwnText>(http.POST('/v1/knowledge/snippets', { body }))

export const changeText = (id: Id, body: OwnTextPatch) =>
  unwrap<OwnText>(http.PATCH('/v1/knowledge/documents/{document_id}', { ...textPath(id), body }))

export const deleteText = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/knowledge/documents/{document_id}', textPath(id)))

/** Have the text of a file read and kept; the file itself is not. */
export const readFile = (
  file: File,
  { locale, audience }: { locale: string; audience: Audience },
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
) => sendFile<OwnText>(`/v1/knowledge/files?${new URLSearchParams({ locale, audience })}`, file, onProgress, signal)
