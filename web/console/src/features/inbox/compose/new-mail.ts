import type { Attachment, Inbox } from '@rapport/client'
import type { NewMailBody, Recipient, Recipients } from '../../../queries/mail'
import { faultOf } from '../composer/mail/fields'

/** A new mail as it is being written. The same `client_id` makes sending it again harmless. */
export interface NewMail extends Recipients {
  client_id: string
  inbox_id: string | null
  subject: string
  body: string
}

export const emptyMail = (to: Recipient[] = []): NewMail => ({
  client_id: crypto.randomUUID(),
  inbox_id: null,
  to,
  cc: [],
  bcc: [],
  subject: '',
  body: '',
})

/** The inboxes that mail can be written from. */
export const mailInboxes = (inboxes: Inbox[]): Inbox[] =>
  inboxes.filter((inbox) => inbox.channel === 'email' && inbox.is_enabled)

/** What still is missing; null when it can be sent. */
export function missingIn(mail: NewMail, files: Attachment[]): 'recipient' | 'address' | 'subject' | 'text' | null {
  const fault = faultOf(mail)
  if (mail.to.length === 0) return 'recipient'
  if (fault === 'invalid') return 'address'
  if (!mail.subject.trim()) return 'subject'
  return mail.body.trim() || files.length > 0 ? null : 'text'
}

export const bodyOf = (mail: NewMail, inbox_id: string, files: Attachment[], send_at?: string): NewMailBody => ({
  ...mail,
  inbox_id,
  subject: mail.subject.trim(),
  body: mail.body.trim(),
  attachment_ids: files.map((file) => file.id),
  ...(send_at ? { send_at } : {}),
})
