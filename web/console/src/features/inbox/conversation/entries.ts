import type { Message } from '@rapport/client'
import { sameDay } from '../../../lib/time'
import type { Delivery, Mail } from '../../../queries/mail'
import type { Outgoing } from '../composer/outbox'

export type Entry =
  | { key: string; kind: 'day'; at: string }
  | {
      key: string
      kind: 'message'
      message: Message
      isFollowing: boolean
      isSeen: boolean
      mail: Mail | undefined
      delivery: Delivery | undefined
    }
  | { key: string; kind: 'outgoing'; outgoing: Outgoing }
  | { key: string; kind: 'held'; delivery: Delivery }

/** What is known of a conversation beside its messages, by their seq. */
export interface Beside {
  outgoing: Outgoing[]
  held: Delivery[]
  mails: Map<number, Mail>
  deliveries: Map<number, Delivery>
  seenSeq: number
}

/** The lines of the thread: day separators, messages, and what is still on its way. */
export function entriesOf(messages: Message[], beside: Beside): Entry[] {
  const entries: Entry[] = []
  const arrived = new Set(messages.map((message) => message.client_id))
  const lastSeen = messages.findLast(
    (message) => message.author.kind !== 'customer' && message.kind === 'message' && message.seq <= beside.seenSeq,
  )
  let previous: Message | undefined
  for (const message of messages) {
    const isNewDay = !previous || !sameDay(previous.created_at, message.created_at)
    if (isNewDay) entries.push({ key: `day-${message.created_at.slice(0, 10)}`, kind: 'day', at: message.created_at })
    entries.push({
      // The same key as while it was on its way, so that the row stays the row.
      key: message.client_id ?? message.id,
      kind: 'message',
      message,
      isFollowing: !isNewDay && follows(previous, message),
      isSeen: message === lastSeen,
      mail: beside.mails.get(message.seq),
      delivery: beside.deliveries.get(message.seq),
    })
    previous = message
  }
  return [...entries, ...notThereYet(beside, arrived)]
}

/** What is held by the server, then what the server does not have; nothing that is a message already. */
function notThereYet({ held, outgoing }: Beside, arrived: Set<string | null>): Entry[] {
  const waiting = held.map((delivery): Entry => ({ key: delivery.client_id ?? delivery.id, kind: 'held', delivery }))
  const shown = new Set([...arrived, ...waiting.map((entry) => entry.key)])
  const leaving = outgoing.filter((each) => !shown.has(each.client_id))
  return [
    ...waiting.filter((entry) => !arrived.has(entry.key)),
    ...leaving.map((each): Entry => ({ key: each.client_id, kind: 'outgoing', outgoing: each })),
  ]
}

const followsWithinMs = 5 * 60_000

/** Whether the same person went on, so that their name need not be said again. */
const follows = (previous: Message | undefined, message: Message): boolean =>
  previous !== undefined &&
  previous.kind === message.kind &&
  previous.author.kind === message.author.kind &&
  previous.author.id === message.author.id &&
  Date.parse(message.created_at) - Date.parse(previous.created_at) < followsWithinMs
