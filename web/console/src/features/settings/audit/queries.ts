import { type Deed, http, type Page, unwrap, type Verdict } from '@rapport/client'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { keys } from '../../../queries/keys'

/** The nouns of the verbs that belong together, under the name of what people look for. */
export const areas = {
  people: ['member', 'invitation', 'team'],
  access: [
    'session',
    'sign_in_link',
    'password',
    'password_reset',
    'email',
    'second_factor',
    'recovery_codes',
    'passkey',
    'identity',
    'identity_provider',
  ],
  keys: ['api_key', 'secrets'],
  inboxes: ['inbox', 'webchat', 'assistant', 'models'],
  knowledge: ['article', 'collection', 'gap', 'solved', 'source', 'file', 'snippet'],
  customers: ['customer', 'person', 'retention_rule'],
  desk: ['tag', 'macro', 'problem', 'intent', 'triage_model'],
  settings: ['settings', 'workspace'],
  actions: ['action', 'audit', 'rejected_message'],
} as const

export type Area = keyof typeof areas

/** What the list is narrowed to; an empty text does not narrow. Days are the reader's own. */
export interface Filter {
  actor: string
  area: Area | ''
  from: string
  to: string
}

export const everything: Filter = { actor: '', area: '', from: '', to: '' }

const midnight = (day: string, after = 0) => {
  const at = new Date(`${day}T00:00`)
  at.setDate(at.getDate() + after)
  return at.toISOString()
}

/** The filter as the API takes it, in the list and in the export. */
export const queryOf = ({ actor, area, from, to }: Filter) => ({
  ...(actor ? { actor } : {}),
  ...(area ? { verb: [...areas[area]] } : {}),
  ...(from ? { since: midnight(from) } : {}),
  ...(to ? { until: midnight(to, 1) } : {}),
})

export const auditQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: keys.settings.audit(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Deed>>(
        http.GET('/v1/audit', {
          params: { query: { ...queryOf(filter), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const verify = () => unwrap<Verdict>(http.GET('/v1/audit/verification'))

/** Where the browser downloads the filtered record. */
export const exportAddress = (filter: Filter, format: 'csv' | 'jsonl') => {
  const query = new URLSearchParams({ format })
  for (const [name, value] of Object.entries(queryOf(filter))) for (const one of [value].flat()) query.append(name, one)
  return `/v1/audit/export?${query}`
}
