import { type Customer, type CustomerPatch, http, type Id, type Page, type TimelineItem, unwrap } from '@rapport/client'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from './keys'

export const customersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: keys.customers.list(q),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Customer>>(
        http.GET('/v1/customers', {
          params: { query: { ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const customerQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.one(id),
    queryFn: () => unwrap<Customer>(http.GET('/v1/customers/{customer_id}', { params: { path: { customer_id: id } } })),
  })

/** What a timeline is filtered by. */
export const timelineGroups = ['conversations', 'messages', 'notes', 'calls', 'pages', 'events', 'people'] as const
export type TimelineGroup = (typeof timelineGroups)[number]

/** Everything that happened with a customer, newest first; of some groups, or all. */
export const timelineQuery = (id: Id, groups: readonly TimelineGroup[] = []) =>
  infiniteQueryOptions({
    queryKey: keys.customers.timelineOf(id, groups),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<TimelineItem>>(
        http.GET('/v1/customers/{customer_id}/timeline', {
          params: {
            path: { customer_id: id },
            query: {
              ...(groups.length > 0 ? { group: [...groups] } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const writeEntry = (id: Id, body: { kind: 'note' | 'call'; text: string }) =>
  unwrap<TimelineItem>(
    http.POST('/v1/customers/{customer_id}/timeline', {
      params: { path: { customer_id: id } },
      body: { title: '', ...body },
    }),
  )

export const removeEntry = (id: Id, entryId: Id) =>
  unwrap<unknown>(
    http.DELETE('/v1/customers/{customer_id}/timeline/{entry_id}', {
      params: { path: { customer_id: id, entry_id: entryId } },
    }),
  )

export type CustomerChange = Partial<
  Pick<CustomerPatch, 'name' | 'email' | 'phone' | 'company' | 'attributes' | 'status' | 'value' | 'preferences'>
>

/** The customer as the change will leave them, if nothing speaks against it. */
export function withChange(before: Customer, { value, ...change }: CustomerChange): Customer {
  const attributes = Object.entries({ ...before.attributes, ...change.attributes })
  const known = before.preferences
  return {
    ...before,
    ...change,
    name: change.name ?? before.name,
    value: value === undefined ? before.value : value === null ? null : Number(value),
    attributes: Object.fromEntries(attributes.filter(([, each]) => each !== null)),
    preferences: { ...known, ...change.preferences, needs: change.preferences?.needs ?? known.needs },
  }
}

/** Change a customer's facts; shown at once, taken back when the server refuses. */
export const useUpdateCustomer = (id: Id) => {
  const queries = useQueryClient()
  const key = keys.customers.one(id)
  return useMutation({
    mutationFn: (body: CustomerChange) =>
      unwrap<Customer>(http.PATCH('/v1/customers/{customer_id}', { params: { path: { customer_id: id } }, body })),
    onMutate: (change) => {
      const before = queries.getQueryData<Customer>(key)
      if (before) queries.setQueryData<Customer>(key, withChange(before, change))
      return { before }
    },
    onError: (_error, _change, context) => queries.setQueryData(key, context?.before),
    onSuccess: (customer) => queries.setQueryData(key, customer),
  })
}
