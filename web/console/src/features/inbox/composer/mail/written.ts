import type { Id } from '@rapport/client'
import { recall, store } from '../../../../lib/use-remembered'
import type { Delivery } from '../../../../queries/mail'
import type { Stored } from '../use-uploads'

/** What this browser knows of a held mail beyond what the server tells. */
interface Written {
  delivery_id: string
  client_id: string
  attachments: Stored[]
}

const key = 'outbox.mails'
const kept = 50

/** Remember a mail that the server holds now. */
export function rememberWritten(delivery_id: Id, client_id: string, attachments: Stored[]) {
  const others = recall<Written[]>(key, []).filter((each) => each.delivery_id !== delivery_id)
  store(key, [...others, { delivery_id, client_id, attachments }].slice(-kept))
}

const find = (delivery: Delivery) => recall<Written[]>(key, []).find((each) => each.delivery_id === delivery.id)

/** The row's key: the same as while it was on its way, so that the row stays the row. */
export const rowKeyOf = (delivery: Delivery): string => find(delivery)?.client_id ?? delivery.id

/** The files of a held mail; of those that another browser attached only how many there are. */
export function attachmentsOf(delivery: Delivery): { known: Stored[]; others: string[] } {
  const ids = delivery.draft?.attachment_ids ?? []
  const known = find(delivery)?.attachments.filter((each) => ids.includes(each.id)) ?? []
  const names = new Set(known.map((each) => each.id))
  return { known, others: ids.filter((id) => !names.has(id)) }
}

let skewMs = 0

/** How far this computer's clock is ahead of the server's, as the last answer told. */
export const clockSkewMs = () => skewMs

/** The server has just written this. */
export const noteServerTime = (created_at: string, now = Date.now()) => {
  skewMs = now - Date.parse(created_at)
}
