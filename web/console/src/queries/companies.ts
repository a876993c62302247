import { type Customer, http, type Id, type Instant, type Page, unwrap } from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

/** An organisation that customers belong to. */
export interface Company {
  id: Id
  name: string
  domain: string | null
  attributes: Record<string, string | number | boolean | null>
  people_count: number
  created_at: Instant
}

export const companiesQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: keys.companies.list(q),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Company>>(
        http.GET('/v1/companies', {
          params: { query: { ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

const path = (id: Id) => ({ params: { path: { company_id: id } } })

export const companyQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.companies.one(id),
    queryFn: () => unwrap<Company>(http.GET('/v1/companies/{company_id}', path(id))),
  })

export const companyPeopleQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.companies.people(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Customer>>(
        http.GET('/v1/companies/{company_id}/people', {
          params: { path: { company_id: id }, query: pageParam ? { cursor: pageParam } : {} },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export interface CompanyFields {
  name: string
  domain: string | null
}

export const addCompany = (body: CompanyFields) => unwrap<Company>(http.POST('/v1/companies', { body }))

export const changeCompany = ({ id, ...body }: CompanyFields & { id: Id }) =>
  unwrap<Company>(http.PATCH('/v1/companies/{company_id}', { ...path(id), body }))

/** The people stay, without it. */
export const removeCompany = (id: Id) => unwrap<unknown>(http.DELETE('/v1/companies/{company_id}', path(id)))
