import { type Attachment, http, type Id, type Instant, type MyConversation, type Page, unwrap } from '@rapport/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

/** A name, which may be empty, and an address. */
export interface Recipient {
  name: string
  address: string
}

export type CheckResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'temperror' | 'permerror'

/** Whether the address in From is proved, and what each check came to. */
export interface MailVerdict {
  is_authenticated: boolean
  spf: CheckResult
  dkim: CheckResult
  dmarc: CheckResult
  arc: CheckResult
  domain: string
  by: 'us' | 'front' | 'arc' | 'nobody'
  reasons: string[]
}

/** What a message that came or went by mail has beyond its words; `verdict` is null for ours. */
export interface Mail {
  conversation_id: Id
  seq: number
  sender: Recipient | null
  reply_to: Recipient | null
  to: Recipient[]
  cc: Recipient[]
  subject: string
  quoted_html: string
  verdict: MailVerdict | null
  auto: 'reply' | 'list' | 'bulk' | 'bounce' | 'receipt' | null
  is_stranger: boolean
  notices: string[]
  has_raw: boolean
}

export interface Recipients {
  to: Recipient[]
  cc: Recipient[]
  bcc: Recipient[]
}

export type DeliveryState = 'held' | 'queued' | 'sending' | 'unknown' | 'sent' | 'failed' | 'cancelled'

/** What was written and can still be taken back; `body` is Markdown. */
export interface HeldDraft {
  body: string
  html: string
  attachments: Attachment[]
  subject: string | null
  quote: boolean
  resolve: boolean
}

/** A message on its way out, or what became of it. `seq` is null while it is held. */
export interface Delivery {
  id: Id
  /** The name that whoever wrote it gave it; null where it was in its conversation before. */
  client_id: string | null
  conversation_id: Id
  inbox_id: Id
  channel: string
  seq: number | null
  state: DeliveryState
  due_at: Instant
  attempts: number
  reason: string | null
  response: string | null
  recipients: Recipients
  refused: string[]
  draft: HeldDraft | null
  author: { kind: string; id: Id | null; name: string }
  is_automatic: boolean
  sent_at: Instant | null
  created_at: Instant
}

export interface MailWarning {
  address: string
  kind: 'bounced' | 'complained' | 'unsubscribed'
  at: Instant
  detail: string | null
}

/** What an answer by mail begins with. `why_not` says why there can be none. */
export interface ReplyDefaults extends Recipients {
  inbox_id: Id | null
  from: Recipient | null
  subject: string
  quote: boolean
  can_quote: boolean
  is_authenticated: boolean
  undo_s: number
  why_not: 'no_mailbox' | 'not_sending' | 'no_address' | 'erased' | null
  warnings: MailWarning[]
}

/** An answer by mail; what is left out is as `ReplyDefaults` has it. */
export interface MailBody {
  client_id: string
  body: string
  attachment_ids: Id[]
  to?: Recipient[]
  cc?: Recipient[]
  bcc?: Recipient[]
  subject?: string
  quote?: boolean
  send_at?: Instant
  resolve: boolean
  expected_last_seq: number | null
}

/** A mail that begins a conversation. */
export interface NewMailBody extends Recipients {
  inbox_id: Id
  client_id: string
  subject: string
  body: string
  attachment_ids: Id[]
  send_at?: Instant
}

const path = (id: Id) => ({ params: { path: { conversation_id: id } } })
const pageSize = 100

/** The newest page first; within a page, oldest first. */
export const mailsQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.conversations.mails(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<Mail>>(
        http.GET('/v1/conversations/{conversation_id}/mails', {
          params: {
            path: { conversation_id: id },
            query: { limit: pageSize, ...(pageParam ? { before_seq: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.next ? Number(page.next) : undefined),
  })

export const deliveriesQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.conversations.deliveries(id),
    queryFn: async () => {
      const { items } = await unwrap<{ items: Delivery[] }>(
        http.GET('/v1/conversations/{conversation_id}/deliveries', path(id)),
      )
      return items
    },
  })

export const replyDefaultsQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.conversations.mailReply(id),
    queryFn: () => unwrap<ReplyDefaults>(http.GET('/v1/conversations/{conversation_id}/mail/reply', path(id))),
  })

export const sendMail = (id: Id, body: MailBody) =>
  unwrap<Delivery>(http.POST('/v1/conversations/{conversation_id}/mail', { ...path(id), body }))

export const startMail = (body: NewMailBody) =>
  unwrap<{ conversation_id: Id; delivery_id: Id }>(http.POST('/v1/mails', { body }))

const delivery = (id: Id) => ({ params: { path: { delivery_id: id } } })

/** Take back what is still held; answers with what was written. */
export const cancelDelivery = (id: Id) =>
  unwrap<{ body: string; subject: string | null }>(http.POST('/v1/deliveries/{delivery_id}/cancel', delivery(id)))

/** Send what is held at once, or try again what failed. */
export const sendDelivery = (id: Id) => unwrap<Delivery>(http.POST('/v1/deliveries/{delivery_id}/send', delivery(id)))

/** Begin a conversation with what a stranger wrote. The second time answers with the one of the first. */
export const splitMail = (id: Id, seq: number) =>
  unwrap<Pick<MyConversation, 'id'>>(
    http.POST('/v1/conversations/{conversation_id}/mails/{seq}/split', {
      params: { path: { conversation_id: id, seq } },
    }),
  )

/** Where the message as it came is downloaded. */
export const rawMailUrl = ({ conversation_id, seq }: Mail) => `/v1/conversations/${conversation_id}/mails/${seq}/raw`
