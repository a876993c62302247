import type { MyConversation } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNow } from '../../../../lib/use-now'
import { recall, store } from '../../../../lib/use-remembered'
import { customerQuery } from '../../../../queries/customers'
import { type ReplyDefaults, replyDefaultsQuery } from '../../../../queries/mail'
import { useInboxesById } from '../../../../queries/people'
import { mailInboxes } from '../../compose/new-mail'
import type { Mailing } from '../outbox'
import { faultOf, fieldsOf, type MailChanges, type MailFields } from './fields'

const leftAfterMs = 5 * 60_000

export interface MailWay {
  /** Whether what is written now goes by mail. */
  isMail: boolean
  /** Whether there is a way back to the conversation's own channel. */
  isOptional: boolean
  /** Whether everything is there that a mail needs. */
  isComplete: boolean
  /** A conversation of another channel that may go on by mail: to which address, and whether the visitor has left. */
  offer: { address: string; hasLeft: boolean } | null
  isPending: boolean
  /** The defaults could not be fetched; the server takes its own then. */
  isMissing: boolean
  retry: () => void
  defaults: ReplyDefaults | undefined
  fields: MailFields
  fault: ReturnType<typeof faultOf>
  change: (changes: MailChanges) => void
  setByMail: (byMail: boolean) => void
  reset: () => void
  /** For the outbox; what nobody changed stays as the server has it. */
  mailing: () => Mailing
}

/** By which way an answer goes, and to whom. What was changed of the defaults survives a reload. */
export function useMailWay(conversation: MyConversation): MailWay {
  const { id } = conversation
  const key = `draft.mail.${id}`
  const channel = useInboxesById().get(conversation.inbox_id)?.channel
  const [changes, setChanges] = useState<MailChanges>(() => recall(key, {}))
  const [byMail, setByMail] = useState(() => recall(`${key}.by`, false))
  const isOwn = channel === 'email'
  const offered = useOffer(conversation, channel)
  const isMail = isOwn || (byMail && channel !== undefined)
  const query = useQuery({ ...replyDefaultsQuery(id), enabled: isMail })
  const defaults = query.data
  const fields = fieldsOf(defaults, changes)
  // Without the defaults the server decides, so that one can answer although they could not be fetched.
  const fault = defaults || Object.keys(changes).length > 0 ? faultOf(fields) : null
  const isPossible = !defaults?.why_not || defaults.why_not === 'no_address'
  const put = (next: MailChanges) => {
    setChanges(next)
    store(key, next)
  }
  return {
    isMail,
    isOptional: !isOwn,
    isComplete: fault === null && isPossible,
    offer: offered,
    isPending: query.isPending,
    isMissing: query.isError && !defaults,
    retry: () => void query.refetch(),
    defaults,
    fields,
    fault,
    change: (more) => put({ ...changes, ...more }),
    setByMail: (next) => {
      setByMail(next)
      store(`${key}.by`, next)
    },
    reset: () => put({}),
    mailing: () => (defaults ? { ...fields } : { ...changes }),
  }
}

/** The address to which a conversation of another channel may go on, where there is an inbox that sends mail. */
function useOffer({ customer }: MyConversation, channel: string | undefined): MailWay['offer'] {
  const now = useNow()
  const inboxes = useInboxesById()
  const mayMail = channel !== undefined && channel !== 'email' && mailInboxes([...inboxes.values()]).length > 0
  const known = useQuery({ ...customerQuery(customer.id), enabled: mayMail }).data
  const address = known?.email ?? customer.email
  if (!mayMail || !address) return null
  return { address, hasLeft: known !== undefined && now - Date.parse(known.last_seen_at) > leftAfterMs }
}
