import type { Page } from '@rapport/client'
import type { InfiniteData } from '@tanstack/react-query'
import type { Delivery, Mail, MailVerdict, Recipient } from '../../../queries/mail'

export type MailsData = InfiniteData<Page<Mail>, unknown>

/** The mails with this one in its place, once. A repeated event changes nothing else. */
export function placeMail(data: MailsData, mail: Mail): MailsData {
  const holder = data.pages.findIndex(({ items }) => items.some((item) => item.seq === mail.seq))
  const index = holder >= 0 ? holder : data.pages.findIndex(({ items }) => (items[0]?.seq ?? 0) < mail.seq)
  const target = index >= 0 ? index : data.pages.length - 1
  const pages = data.pages.map((page, at) => {
    if (at !== target) return page
    const others = page.items.filter((item) => item.seq !== mail.seq)
    return { ...page, items: [...others, mail].sort((a, b) => a.seq - b.seq) }
  })
  return { ...data, pages }
}

/** All mails by the seq of their message. */
export const mailsBySeq = (data: MailsData | undefined): Map<number, Mail> =>
  new Map(data?.pages.flatMap(({ items }) => items.map((mail) => [mail.seq, mail] as const)) ?? [])

/** The deliveries with this one as it is now, the oldest first. */
export function placeDelivery(deliveries: Delivery[], delivery: Delivery): Delivery[] {
  const isKnown = deliveries.some((each) => each.id === delivery.id)
  if (isKnown) return deliveries.map((each) => (each.id === delivery.id ? delivery : each))
  return [...deliveries, delivery].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
}

/** How each message that went out fares, by its seq. */
export const deliveriesBySeq = (deliveries: Delivery[]): Map<number, Delivery> =>
  new Map(deliveries.flatMap((each) => (each.seq === null ? [] : [[each.seq, each] as const])))

/** What is written and not in its conversation yet: it can be taken back. */
export const isHeld = (delivery: Delivery): boolean => delivery.state === 'held' && delivery.draft !== null

export const heldOf = (deliveries: Delivery[]): Delivery[] => deliveries.filter(isHeld)

/** Longer than any time to take something back: whoever waits this long has chosen the moment. */
const scheduledFromMs = 120_000

/** Whether somebody chose when it shall leave, rather than only keeping the time to take it back. */
export const isScheduled = (delivery: Delivery): boolean =>
  Date.parse(delivery.due_at) - Date.parse(delivery.created_at) > scheduledFromMs

/** Whole seconds until it leaves, by the server's clock; `skewMs` is how far this one is ahead of it. */
export const secondsLeft = (delivery: Delivery, now: number, skewMs: number): number =>
  Math.max(0, Math.ceil((Date.parse(delivery.due_at) - (now - skewMs)) / 1_000))

export type Standing = 'proved' | 'unproved' | 'failed'

/** What the checks of a sender come to, in one of three words. */
export function standingOf(verdict: MailVerdict): Standing {
  if (verdict.is_authenticated) return 'proved'
  const isRefused = verdict.dmarc === 'fail' || verdict.reasons.includes('front_says_no')
  const isForeign = verdict.spf === 'fail' && verdict.dkim !== 'pass'
  return isRefused || isForeign ? 'failed' : 'unproved'
}

/** How a person is named where there is little room. */
export const shortName = ({ name, address }: Recipient): string => name || (address.split('@')[0] ?? address)

/** As mail programs write it: `Jane Doe <jane@example.com>`. */
export const fullName = ({ name, address }: Recipient): string => (name ? `${name} <${address}>` : address)

/** Whether a machine wrote it that nobody need answer: shown as a quiet line. */
export const isQuiet = (mail: Mail | undefined): boolean =>
  mail?.auto === 'reply' || mail?.auto === 'bounce' || mail?.auto === 'receipt'
