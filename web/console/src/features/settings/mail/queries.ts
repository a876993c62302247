import {
  http,
  type Id,
  type MailAdvice,
  type Mailbox,
  type MailboxHealth,
  type MailboxIn,
  type MailboxPatch,
  type MailCandidate,
  type MailOauthIn,
  type MailTrial,
  type MailTrialIn,
  type Page,
  type RawMail,
  unwrap,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from '../../../queries/keys'

const at = (id: Id) => ({ params: { path: { inbox_id: id } } })
const healthEveryMs = 15_000

/** What to try; a letter only where it is asked for. */
export type Trying = Omit<MailTrialIn, 'to_self'> & { to_self?: boolean }

export const mailboxQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.settings.mailbox(id),
    queryFn: () => unwrap<Mailbox>(http.GET('/v1/email/mailboxes/{inbox_id}', at(id))),
  })

/** Asks the DNS each time; what it said is shown until somebody asks again. */
export const adviceQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.settings.mailboxDns(id),
    queryFn: () => unwrap<MailAdvice>(http.GET('/v1/email/mailboxes/{inbox_id}/dns', at(id))),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const healthQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.settings.mailHealthOf(id),
    queryFn: () => unwrap<MailboxHealth>(http.GET('/v1/email/mailboxes/{inbox_id}/health', at(id))),
    refetchInterval: healthEveryMs,
  })

export const healthsQuery = queryOptions({
  queryKey: keys.settings.mailHealth,
  queryFn: () => unwrap<{ items: MailboxHealth[] }>(http.GET('/v1/email/health')),
  refetchInterval: healthEveryMs,
})

/** Messages as they came, the latest first. */
export const rawMailsQuery = (id: Id, state: RawMail['state']) =>
  infiniteQueryOptions({
    queryKey: keys.settings.rawMails(id, state),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<RawMail>>(
        http.GET('/v1/email/raw', {
          params: { query: { inbox_id: id, state, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const retryRawMail = (id: Id) =>
  unwrap<RawMail>(http.POST('/v1/email/raw/{raw_id}/retry', { params: { path: { raw_id: id } } }))

export const createMailbox = (body: MailboxIn) => unwrap<Mailbox>(http.POST('/v1/email/mailboxes', { body }))

export const changeMailbox = ({ id, ...body }: { id: Id } & MailboxPatch) =>
  unwrap<Mailbox>(http.PATCH('/v1/email/mailboxes/{inbox_id}', { ...at(id), body }))

export const discover = async (address: string) =>
  (await unwrap<{ items: MailCandidate[] }>(http.POST('/v1/email/discover', { body: { address } }))).items

export const tryMailbox = ({ to_self = false, ...body }: Trying) =>
  unwrap<MailTrial>(http.POST('/v1/email/test', { body: { ...body, to_self } }))

export const makeKey = (id: Id) => unwrap<Mailbox>(http.POST('/v1/email/mailboxes/{inbox_id}/dkim', at(id)))

export const switchSigning = ({ id, is_on }: { id: Id; is_on: boolean }) =>
  unwrap<Mailbox>(http.PUT('/v1/email/mailboxes/{inbox_id}/dkim', { ...at(id), body: { is_on } }))

export const beginSignIn = ({ id, ...body }: { id: Id } & MailOauthIn) =>
  unwrap<{ url: string; redirect_uri: string }>(http.POST('/v1/email/mailboxes/{inbox_id}/oauth', { ...at(id), body }))

export const finishSignIn = (body: { state: string; code: string }) =>
  unwrap<Mailbox>(http.POST('/v1/email/oauth/finish', { body }))
