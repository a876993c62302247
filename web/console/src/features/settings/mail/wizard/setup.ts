import type { Incoming, MailboxIn, MailCandidate, Outgoing } from '@rapport/client'
import { noIncoming, noOutgoing, noSecrets, type Secrets } from '../model'

/** An inbox as it is being set up. */
export interface Setup extends Secrets {
  name: string
  address: string
  incoming: Incoming
  outgoing: Outgoing
  found: MailCandidate | null
  /** Whether one password opens both servers, as with nearly every provider. */
  isOnePassword: boolean
}

export const blank: Setup = {
  name: '',
  address: '',
  incoming: noIncoming,
  outgoing: noOutgoing,
  found: null,
  isOnePassword: true,
  ...noSecrets,
}

const opensBoth = ({ incoming, outgoing, isOnePassword }: Setup) =>
  isOnePassword && incoming.kind === 'imap' && incoming.auth === 'password' && outgoing.user !== ''

/** The passwords that the servers are to be sent; null where there is none. */
export function secretsOf(setup: Setup) {
  const { incoming, outgoing } = setup
  const forIn = incoming.kind === 'imap' && incoming.auth === 'password' ? setup.imap_password : ''
  const own = opensBoth(setup) ? setup.imap_password : setup.smtp_password
  const forOut = outgoing.kind === 'smtp' && outgoing.auth === 'password' && outgoing.user ? own : ''
  const forHook = incoming.kind === 'webhook' ? setup.webhook_secret : ''
  return { imap_password: forIn || null, smtp_password: forOut || null, webhook_secret: forHook || null }
}

/** What is saved. */
export const bodyOf = (setup: Setup): MailboxIn => ({
  name: setup.name.trim(),
  address: setup.address,
  aliases: [],
  is_enabled: true,
  incoming: setup.incoming,
  outgoing: setup.outgoing,
  ...secretsOf(setup),
})

/** What is tried before it is saved. */
export function trialOf(setup: Setup) {
  const { imap_password, smtp_password } = secretsOf(setup)
  return {
    address: setup.address,
    incoming: setup.incoming.kind === 'imap' ? setup.incoming : null,
    outgoing: setup.outgoing.kind === 'smtp' ? setup.outgoing : null,
    imap_password,
    smtp_password,
  }
}
