import { http, type Id, type Instant, type Page, unwrap } from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'
import type { By } from './profile'

export type ImportState = 'draft' | 'queued' | 'running' | 'done' | 'failed' | 'undoing' | 'undone'
export type ImportMatch = 'email' | 'phone' | 'external_id'

/** A CSV on its way to customers; `undo` says how far it is taken back. */
export interface CustomerImport {
  id: Id
  name: string
  state: ImportState
  columns: { name: string; samples: string[]; field: string | null }[]
  mapping: Record<string, string | null>
  match: ImportMatch
  rows_total: number | null
  rows_done: number
  created: number
  updated: number
  unchanged: number
  failed: number
  undo: { restored: number; removed: number; kept: number } | null
  error: string | null
  created_at: Instant
  finished_at: Instant | null
  by: By | null
}

export interface PreviewRow {
  row: number
  values: Record<string, unknown>
  action: 'create' | 'update' | 'unchanged' | 'fail'
  errors: { column: string; code: string; detail: string }[]
}

/** Whether the worker is at it. */
export const isUnderWay = ({ state }: Pick<CustomerImport, 'state'>) =>
  state === 'queued' || state === 'running' || state === 'undoing'

const everyMs = 1_000
const path = (id: Id) => ({ params: { path: { import_id: id } } })

export const importsQuery = infiniteQueryOptions({
  queryKey: keys.customers.imports,
  queryFn: ({ pageParam, signal }) =>
    unwrap<Page<CustomerImport>>(
      http.GET('/v1/customer-imports', { params: { query: pageParam ? { cursor: pageParam } : {} }, signal }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

/** One import; looked at each second while the worker is at it. */
export const importQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.import(id),
    queryFn: () => unwrap<CustomerImport>(http.GET('/v1/customer-imports/{import_id}', path(id))),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? everyMs : false),
  })

export const previewQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.customers.preview(id),
    queryFn: () =>
      unwrap<{ rows: PreviewRow[] }>(http.GET('/v1/customer-imports/{import_id}/preview', path(id))).then(
        (all) => all.rows,
      ),
    retry: false,
  })

export const beginImport = (file_id: Id) =>
  unwrap<CustomerImport>(http.POST('/v1/customer-imports', { body: { file_id } }))

export const changeImport = (id: Id, body: { mapping?: Record<string, string | null>; match?: ImportMatch }) =>
  unwrap<CustomerImport>(http.PATCH('/v1/customer-imports/{import_id}', { ...path(id), body }))

export const startImport = (id: Id) =>
  unwrap<CustomerImport>(http.POST('/v1/customer-imports/{import_id}/start', path(id)))

export const undoImport = (id: Id) =>
  unwrap<CustomerImport>(http.POST('/v1/customer-imports/{import_id}/undo', path(id)))

export const dropImport = (id: Id) => unwrap<unknown>(http.DELETE('/v1/customer-imports/{import_id}', path(id)))

/** Where the rows that could not be imported are downloaded, each with its reason. */
export const importErrorsUrl = (id: Id) => `/v1/customer-imports/${id}/errors.csv`

/** A key with which events are sent: for a server, which is believed, or for browsers, where it is public. */
export interface WriteKey {
  id: Id
  name: string
  kind: 'server' | 'browser'
  prefix: string
  created_at: Instant
  last_used_at: Instant | null
}

export const writeKeysQuery = queryOptions({
  queryKey: keys.customers.writeKeys,
  queryFn: () => unwrap<{ items: WriteKey[] }>(http.GET('/v1/write-keys')).then((all) => all.items),
})

/** The key itself is told this once. */
export const addWriteKey = (body: Pick<WriteKey, 'name' | 'kind'>) =>
  unwrap<WriteKey & { key: string }>(http.POST('/v1/write-keys', { body }))

export const removeWriteKey = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/write-keys/{write_key_id}', { params: { path: { write_key_id: id } } }))
