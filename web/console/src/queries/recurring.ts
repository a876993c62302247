import {
  http,
  type Id,
  type Page,
  type RecurringIssue,
  type RecurringIssueDetail,
  type RecurringMember,
  unwrap,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

export type IssueState = RecurringIssue['state']
export type IssuePeriod = 'day' | 'week' | 'month'
export type TrendUnit = RecurringIssueDetail['unit']

/** What the list is narrowed to and how it is sorted; without a period all of a state is listed. */
export interface IssueFilter {
  state: IssueState
  sort: 'growth' | 'count'
  period?: IssuePeriod
  product?: string
}

export interface IssueChange {
  name?: string
  state?: IssueState
  note?: string
  article_id?: Id | null
  record?: { url: string; label: string } | null
}

const path = (id: Id) => ({ params: { path: { problem_id: id } } })

export const issuesQuery = (filter: IssueFilter) =>
  infiniteQueryOptions({
    queryKey: keys.recurring.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<RecurringIssue>>(
        http.GET('/v1/recurring', {
          params: { query: { ...filter, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const issueQuery = (id: Id, unit: TrendUnit) =>
  queryOptions({
    queryKey: keys.recurring.trend(id, unit),
    queryFn: ({ signal }) =>
      unwrap<RecurringIssueDetail>(
        http.GET('/v1/recurring/{problem_id}', {
          params: { path: { problem_id: id }, query: { unit } },
          signal,
        }),
      ),
    placeholderData: (previous) => (previous?.id === id ? previous : undefined),
  })

export const membersQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.recurring.members(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<RecurringMember>>(
        http.GET('/v1/recurring/{problem_id}/conversations', {
          params: { path: { problem_id: id }, query: pageParam ? { cursor: pageParam } : {} },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const changeIssue = (id: Id, body: IssueChange) =>
  unwrap<RecurringIssue>(http.PATCH('/v1/recurring/{problem_id}', { ...path(id), body }))

/** Make `id` one with `into`, which is returned. */
export const mergeIssue = (id: Id, into: Id) =>
  unwrap<RecurringIssue>(
    http.POST('/v1/recurring/{problem_id}/merge', { ...path(id), body: { into_problem_id: into } }),
  )

/** Make some conversations an issue of their own, which is returned; without a name the machine finds one. */
export const splitIssue = (id: Id, conversation_ids: Id[], name: string) =>
  unwrap<RecurringIssue>(
    http.POST('/v1/recurring/{problem_id}/split', {
      ...path(id),
      body: { conversation_ids, ...(name ? { name } : {}) },
    }),
  )

export const takeOut = (id: Id, conversationId: Id) =>
  unwrap<unknown>(
    http.DELETE('/v1/recurring/{problem_id}/conversations/{conversation_id}', {
      params: { path: { problem_id: id, conversation_id: conversationId } },
    }),
  )
