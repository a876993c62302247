import type { Recipients, ReplyDefaults } from '../../../../queries/mail'
import { folded, invalidOf, sameRecipients } from './addresses'

/** What a person changed of the defaults of an answer. */
export interface MailChanges extends Partial<Recipients> {
  subject?: string
  quote?: boolean
}

/** How the answer goes out: the defaults, with what was changed. */
export interface MailFields extends Recipients {
  subject: string
  quote: boolean
}

const nobody: MailFields = { to: [], cc: [], bcc: [], subject: '', quote: false }

export function fieldsOf(defaults: ReplyDefaults | undefined, changes: MailChanges): MailFields {
  const { to, cc, bcc, subject, quote } = defaults ?? nobody
  return { to, cc, bcc, subject, quote, ...changes }
}

/** What is wrong with the recipients: somebody is missing, or something is no address. */
export function faultOf({ to, cc, bcc }: Recipients): 'nobody' | 'invalid' | null {
  const everybody = [...to, ...cc, ...bcc]
  if (everybody.length === 0) return 'nobody'
  return invalidOf(everybody).length > 0 ? 'invalid' : null
}

/** The warnings about those who would get the mail. */
export const warningsFor = (defaults: ReplyDefaults | undefined, { to, cc, bcc }: Recipients) => {
  const addresses = new Set([...to, ...cc, ...bcc].map((each) => folded(each.address)))
  return defaults?.warnings.filter((warning) => addresses.has(folded(warning.address))) ?? []
}

/** Whether everybody is answered, only the sender, or others by hand. */
export function reachOf(defaults: ReplyDefaults, fields: Recipients): 'all' | 'sender' | 'own' {
  if (fields.bcc.length > 0 || !sameRecipients(fields.to, defaults.to)) return 'own'
  if (sameRecipients(fields.cc, defaults.cc)) return 'all'
  return fields.cc.length === 0 ? 'sender' : 'own'
}
