import {
  type Answer,
  type AssistantOverview,
  type Gap,
  type GapDraft,
  type GapOrder,
  type GapRow,
  http,
  type Id,
  type Page,
  unwrap,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

/** How far back the overview looks: the last days of UTC, today included. */
export const periods = ['7d', '30d', '90d'] as const
export type Period = (typeof periods)[number]

export interface OverviewFilter {
  period: Period
  inbox_id?: Id
}

export const overviewQuery = (filter: OverviewFilter) =>
  queryOptions({
    queryKey: keys.assistant.overview(filter),
    queryFn: ({ signal }) =>
      unwrap<AssistantOverview>(http.GET('/v1/assistant/overview', { params: { query: filter }, signal })),
  })

/** What a gap may be; those merged into others are found through the others. */
export const gapStates = ['open', 'drafted', 'answered', 'dismissed', 'merged'] as const

export interface GapFilter {
  state: GapRow['state']
  sort: GapOrder
}

export const gapsQuery = (filter: GapFilter) =>
  infiniteQueryOptions({
    queryKey: keys.assistant.gapList(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<GapRow>>(
        http.GET('/v1/assistant/gaps', {
          params: { query: { ...filter, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

const path = (id: Id) => ({ params: { path: { gap_id: id } } })

export const gapQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.assistant.gap(id),
    queryFn: () => unwrap<Gap>(http.GET('/v1/assistant/gaps/{gap_id}', path(id))),
  })

export const draftGap = (id: Id) => unwrap<GapDraft>(http.POST('/v1/assistant/gaps/{gap_id}/draft', path(id)))

export const dismissGap = (id: Id) => unwrap<GapRow>(http.POST('/v1/assistant/gaps/{gap_id}/dismiss', path(id)))

export const reopenGap = (id: Id) => unwrap<GapRow>(http.POST('/v1/assistant/gaps/{gap_id}/reopen', path(id)))

/** Say which article answers a gap; null unlinks and opens it. */
export const linkGap = ({ id, articleId }: { id: Id; articleId: Id | null }) =>
  unwrap<GapRow>(http.PATCH('/v1/assistant/gaps/{gap_id}', { ...path(id), body: { article_id: articleId } }))

/** Give all questions of a gap to another, which is returned. */
export const mergeGap = ({ id, intoId }: { id: Id; intoId: Id }) =>
  unwrap<GapRow>(http.POST('/v1/assistant/gaps/{gap_id}/merge', { ...path(id), body: { into_id: intoId } }))

export const allAnswersQuery = (decision: Answer['decision'] | undefined) =>
  infiniteQueryOptions({
    queryKey: keys.assistant.answers(decision),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Answer>>(
        http.GET('/v1/assistant/answers', {
          params: { query: { ...(decision ? { decision } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
