import {
  type Erasure,
  type ErasureReason,
  type Forecast,
  http,
  type Id,
  type Page,
  type PrivacyExport,
  type RetentionKind,
  type RetentionRule,
  type RuleDraft,
  unwrap,
} from '@rapport/client'
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

const everyMs = 1_000

/** Whether the worker is still at it. */
export const isRunning = ({ status }: { status: string }) => status === 'waiting' || status === 'running'

const whileRunning = (query: { state: { data?: Page<{ status: string }> } }) =>
  query.state.data?.items.some(isRunning) ? everyMs : false

const of = (personId: Id | null) => ({ params: { query: personId ? { person_id: personId } : {} } })

/** The last exports, of one customer or of everybody; looked at each second while one is being made. */
export const exportsQuery = (personId: Id | null) =>
  queryOptions({
    queryKey: keys.privacy.exports(personId),
    queryFn: () => unwrap<Page<PrivacyExport>>(http.GET('/v1/privacy/exports', of(personId))),
    refetchInterval: whileRunning,
  })

/** The last erasures, likewise. */
export const erasuresQuery = (personId: Id | null) =>
  queryOptions({
    queryKey: keys.privacy.erasures(personId),
    queryFn: () => unwrap<Page<Erasure>>(http.GET('/v1/privacy/erasures', of(personId))),
    refetchInterval: whileRunning,
  })

/** How a customer must be named to be erased. */
export const personQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.privacy.person(id),
    queryFn: () =>
      unwrap<{ id: Id; label: string }>(
        http.GET('/v1/privacy/people/{person_id}', { params: { path: { person_id: id } } }),
      ),
  })

export const kindsQuery = queryOptions({
  queryKey: keys.privacy.kinds,
  queryFn: () => unwrap<RetentionKind[]>(http.GET('/v1/privacy/retention/kinds')),
})

export const rulesQuery = queryOptions({
  queryKey: keys.privacy.rules,
  queryFn: () => unwrap<RetentionRule[]>(http.GET('/v1/privacy/retention/rules')),
})

export const askForExport = (person_id: Id) =>
  unwrap<PrivacyExport>(http.POST('/v1/privacy/exports', { body: { person_id } }))

/** Fetch the file of an export: the link works for a few minutes and is not kept. */
export async function downloadExport(id: Id): Promise<void> {
  const { url } = await unwrap<{ url: string }>(
    http.POST('/v1/privacy/exports/{export_id}/link', { params: { path: { export_id: id } } }),
  )
  window.location.assign(url)
}

export const askForErasure = (body: { person_id: Id; confirmation: string; reason: ErasureReason }) =>
  unwrap<Erasure>(http.POST('/v1/privacy/erasures', { body }))

export const forecast = ({ kind, inbox_id, effect, after_days }: RuleDraft) =>
  unwrap<Forecast>(http.POST('/v1/privacy/retention/forecast', { body: { kind, inbox_id, effect, after_days } }))

const rule = (id: Id) => ({ params: { path: { rule_id: id } } })

export const saveRule = ({ id, ...body }: RuleDraft & { id: Id | null }) =>
  unwrap<RetentionRule>(
    id
      ? http.PATCH('/v1/privacy/retention/rules/{rule_id}', {
          ...rule(id),
          body: { effect: body.effect, after_days: body.after_days, is_enabled: body.is_enabled },
        })
      : http.POST('/v1/privacy/retention/rules', { body }),
  )

export const removeRule = (id: Id) => unwrap<unknown>(http.DELETE('/v1/privacy/retention/rules/{rule_id}', rule(id)))
