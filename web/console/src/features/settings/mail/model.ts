import type { Incoming, Mailbox, MailboxPatch, MailCandidate, MailTrial, Outgoing } from '@rapport/client'

export type Security = Incoming['security']
export type Server = Incoming | Outgoing

export const noIncoming: Incoming = {
  kind: 'none',
  host: '',
  port: 993,
  security: 'tls',
  user: '',
  auth: 'password',
  provider: null,
  folders: ['INBOX'],
  webhook: null,
  since: null,
}

export const noOutgoing: Outgoing = {
  kind: 'none',
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  auth: 'password',
  provider: null,
  per_minute: null,
  number_in_subject: false,
}

/** Passwords as they are being typed; they come back from no server. */
export interface Secrets {
  imap_password: string
  smtp_password: string
  webhook_secret: string
}
export const noSecrets: Secrets = { imap_password: '', smtp_password: '', webhook_secret: '' }

/** A mailbox as it is being changed. */
export type MailboxDraft = Mailbox & Secrets

const patchable = [
  'address',
  'aliases',
  'from_name',
  'signature',
  'quoting',
  'same_mail',
  'acknowledge',
  'acknowledgement',
  'undo_s',
  'trusted_authserv',
  'incoming',
  'outgoing',
  'imap_password',
  'smtp_password',
  'webhook_secret',
] as const

/** Of what differs, what the server takes. */
export const patchOf = (changes: Partial<MailboxDraft>): MailboxPatch =>
  Object.fromEntries(Object.entries(changes).filter(([key]) => patchable.includes(key as never))) as MailboxPatch

const usualPorts: Record<'imap' | 'smtp', Record<Security, number>> = {
  imap: { tls: 993, starttls: 143, plain: 143 },
  smtp: { tls: 465, starttls: 587, plain: 25 },
}

/** Another encryption has another usual port; a port somebody chose otherwise stays. */
export function withSecurity<T extends Server>(server: T, way: 'imap' | 'smtp', security: Security): T {
  const usual = usualPorts[way]
  const isUsual = server.port === usual[server.security]
  return { ...server, security, port: isUsual ? usual[security] : server.port }
}

/** What was found, as settings. */
export function settingsOf(found: MailCandidate): { incoming: Incoming; outgoing: Outgoing } {
  const signIn = { user: found.user, auth: found.oauth ? ('oauth' as const) : ('password' as const) }
  return {
    incoming: found.incoming
      ? { ...noIncoming, kind: 'imap', ...found.incoming, ...signIn, provider: found.oauth }
      : noIncoming,
    outgoing: found.outgoing
      ? {
          ...noOutgoing,
          kind: 'smtp',
          ...found.outgoing,
          ...signIn,
          provider: found.oauth,
          per_minute: found.per_minute,
        }
      : noOutgoing,
  }
}

/** Whether a kept password still fits: it is for one server, port and user. */
export const isSameServer = (old: Server, now: Server): boolean =>
  old.host.toLowerCase() === now.host.toLowerCase() &&
  old.port === now.port &&
  old.user === now.user &&
  (now.security === old.security || now.security !== 'plain')

export const needsOauth = (incoming: Incoming, outgoing: Outgoing): boolean =>
  (incoming.kind === 'imap' && incoming.auth === 'oauth') || (outgoing.kind === 'smtp' && outgoing.auth === 'oauth')

export const canBeTried = (incoming: Incoming, outgoing: Outgoing): boolean =>
  incoming.kind === 'imap' || outgoing.kind === 'smtp'

/** What came of a trial: all of what was tried works, or not. */
export function outcomeOf(trial: MailTrial): 'both' | 'in' | 'out' | 'none' | 'failed' {
  const tried = [trial.incoming, trial.outgoing, trial.letter].filter((way) => way !== null)
  if (tried.length === 0) return 'none'
  if (!tried.every((way) => way.is_ok)) return 'failed'
  if (trial.incoming && trial.outgoing) return 'both'
  return trial.incoming ? 'in' : 'out'
}
