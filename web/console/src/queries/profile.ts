import { type Customer, http, type Id, type Instant, type Page, unwrap } from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

/** Who did something: an agent, the customer, a program, or Rapport itself (`system`). */
export interface By {
  kind: string
  id: Id
  name: string
}

export interface Merge {
  id: Id
  customer_id: Id
  name: string
  into_id: Id
  at: Instant
  by: string
  rule: string
  undone_at: Instant | null
}

/** What speaks for two customers being one person; a negative weight speaks against it. */
export interface DuplicateReason {
  code: string
  weight: number
}

/** Two customers who may be one, with a score from 0 to 1. */
export interface Suggestion {
  id: Id
  score: number
  reasons: DuplicateReason[]
  is_verified: boolean
  state: 'open' | 'dismissed' | 'merged'
  found_at: Instant
  customers: Customer[]
}

export interface Change {
  id: Id
  field: string
  old: unknown
  new: unknown
  at: Instant
  source: string
  actor: By | null
}

/** One decision of a customer; `is_current` for the one that holds for its purpose and channel. */
export interface Consent {
  id: Id
  purpose: string
  channel: string
  is_granted: boolean
  source: string
  words: string
  by: By | null
  at: Instant
  revoked_at: Instant | null
  is_current: boolean
}

export interface PainPoint {
  id: Id
  text: string
  source: string
  created_at: Instant
  by: By | null
  resolved_at: Instant | null
  resolved_by: string | null
}

export type AttributeKind = 'text' | 'number' | 'date' | 'bool' | 'choice'

/** An attribute that customers have here. */
export interface AttributeDefinition {
  id: Id
  key: string
  label: string
  kind: AttributeKind
  choices: string[]
  position: number
  is_archived: boolean
}

interface Items<T> {
  items: T[]
}

const of = (id: Id) => ({ params: { path: { customer_id: id } } })

export const addCustomer = (body: { name?: string; email?: string; phone?: string; company?: string }) =>
  unwrap<Customer>(http.POST('/v1/customers', { body: { name: '', ...body } }))

export const addIdentity = (id: Id, body: { channel: 'email' | 'phone' | 'website'; address: string }) =>
  unwrap<Customer>(
    http.POST('/v1/customers/{customer_id}/identities', { ...of(id), body: { verified: false, ...body } }),
  )

const identity = (id: Id, identityId: Id) => ({ params: { path: { customer_id: id, identity_id: identityId } } })

export const changeIdentity = (id: Id, identityId: Id, body: { is_shared?: boolean; verified?: true }) =>
  unwrap<Customer>(
    http.PATCH('/v1/customers/{customer_id}/identities/{identity_id}', { ...identity(id, identityId), body }),
  )

export const removeIdentity = (id: Id, identityId: Id) =>
  unwrap<unknown>(http.DELETE('/v1/customers/{customer_id}/identities/{identity_id}', identity(id, identityId)))

export const mergesQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.merges(id),
    queryFn: () =>
      unwrap<Items<Merge>>(http.GET('/v1/customers/{customer_id}/merges', of(id))).then((all) => all.items),
  })

export const mergeCustomers = (id: Id, into_id: Id) =>
  unwrap<Customer>(http.POST('/v1/customers/{customer_id}/merge', { ...of(id), body: { into_id } }))

/** Undo the merge of a customer, who is themselves again. */
export const unmergeCustomer = (id: Id) => unwrap<Customer>(http.POST('/v1/customers/{customer_id}/unmerge', of(id)))

/** Pairs who may be one person, most likely first. */
export const suggestionsQuery = infiniteQueryOptions({
  queryKey: keys.customers.suggestions,
  queryFn: ({ pageParam, signal }) =>
    unwrap<Page<Suggestion>>(
      http.GET('/v1/duplicates', { params: { query: pageParam ? { cursor: pageParam } : {} }, signal }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

export const duplicatesQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.duplicates(id),
    queryFn: () =>
      unwrap<Items<Suggestion>>(http.GET('/v1/customers/{customer_id}/duplicates', of(id))).then((all) => all.items),
  })

const suggestion = (id: Id) => ({ params: { path: { suggestion_id: id } } })

export const dismissSuggestion = (id: Id) =>
  unwrap<Suggestion>(http.POST('/v1/duplicates/{suggestion_id}/dismiss', suggestion(id)))

export const acceptSuggestion = (id: Id, into_id: Id) =>
  unwrap<Customer>(http.POST('/v1/duplicates/{suggestion_id}/merge', { ...suggestion(id), body: { into_id } }))

/** What was changed of one field, or of all, the latest first. */
export const changesQuery = (id: Id, field: string | null) =>
  infiniteQueryOptions({
    queryKey: keys.customers.changes(id, field),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Change>>(
        http.GET('/v1/customers/{customer_id}/changes', {
          params: {
            path: { customer_id: id },
            query: { limit: 20, ...(field ? { field } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const consentsQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.consents(id),
    queryFn: () =>
      unwrap<Items<Consent>>(http.GET('/v1/customers/{customer_id}/consents', of(id))).then((all) => all.items),
  })

export interface ConsentDecision {
  purpose: string
  channel: string
  is_granted: boolean
  source: string
  words: string
}

export const decideConsent = (id: Id, body: ConsentDecision) =>
  unwrap<Items<Consent>>(http.PUT('/v1/customers/{customer_id}/consents', { ...of(id), body })).then((all) => all.items)

export const painsQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.pains(id),
    queryFn: () =>
      unwrap<Items<PainPoint>>(http.GET('/v1/customers/{customer_id}/pain-points', of(id))).then((all) => all.items),
  })

const pain = (id: Id, painId: Id) => ({ params: { path: { customer_id: id, pain_point_id: painId } } })

export const addPain = (id: Id, text: string) =>
  unwrap<PainPoint>(http.POST('/v1/customers/{customer_id}/pain-points', { ...of(id), body: { text } }))

export const changePain = (id: Id, painId: Id, body: { text?: string; is_resolved?: boolean }) =>
  unwrap<PainPoint>(
    http.PATCH('/v1/customers/{customer_id}/pain-points/{pain_point_id}', { ...pain(id, painId), body }),
  )

export const removePain = (id: Id, painId: Id) =>
  unwrap<unknown>(http.DELETE('/v1/customers/{customer_id}/pain-points/{pain_point_id}', pain(id, painId)))

export const attributesQuery = queryOptions({
  queryKey: keys.customers.attributes,
  queryFn: () =>
    unwrap<AttributeDefinition[]>(http.GET('/v1/customer-attributes')).then((all) =>
      all.toSorted((a, b) => a.position - b.position),
    ),
})

const attribute = (id: Id) => ({ params: { path: { attribute_id: id } } })

export type NewAttribute = Pick<AttributeDefinition, 'key' | 'label' | 'kind' | 'choices'>

export const addAttribute = (body: NewAttribute) =>
  unwrap<AttributeDefinition>(http.POST('/v1/customer-attributes', { body }))

export const changeAttribute = ({
  id,
  ...body
}: { id: Id } & Partial<Pick<AttributeDefinition, 'label' | 'choices' | 'position' | 'is_archived'>>) =>
  unwrap<AttributeDefinition>(http.PATCH('/v1/customer-attributes/{attribute_id}', { ...attribute(id), body }))

export const removeAttribute = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/customer-attributes/{attribute_id}', attribute(id)))
