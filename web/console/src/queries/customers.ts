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

export const timelineQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.customers.timeline(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<TimelineItem>>(
        http.GET('/v1/customers/{customer_id}/timeline', {
          params: { path: { customer_id: id }, query: pageParam ? { cursor: pageParam } : {} },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export type CustomerChange = Partial<Pick<CustomerPatch, 'name' | 'email' | 'phone' | 'company' | 'attributes'>>

/** Change a customer's facts; shown at once, taken back when the server refuses. */
export const useUpdateCustomer = (id: Id) => {
  const queries = useQueryClient()
  const key = keys.customers.one(id)
  return useMutation({
    mutationFn: (body: CustomerChange) =>
      unwrap<Customer>(http.PATCH('/v1/customers/{customer_id}', { params: { path: { customer_id: id } }, body })),
    onMutate: (change) => {
      const before = queries.getQueryData<Customer>(key)
      if (before)
        queries.setQueryData<Customer>(key, {
          ...before,
          ...change,
          name: change.name ?? before.name,
          attributes: change.attributes ?? before.attributes,
        })
      return { before }
    },
    onError: (_error, _change, context) => queries.setQueryData(key, context?.before),
    onSuccess: (customer) => queries.setQueryData(key, customer),
  })
}
