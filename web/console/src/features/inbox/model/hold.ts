import type { MyConversation } from '@rapport/client'

export interface Held {
  /** What to show, in the order people have before them. */
  rows: MyConversation[]
  /** How many rows would come in or move up if the list were let go. */
  waiting: number
}

/**
 * Keep the order people see while its content stays fresh.
 *
 * `order` is the ids as last shown. Rows that are still listed stay where they are, rows that came since wait, rows
 * that left the list leave it, unless they are the one being read.
 */
export function hold(order: string[], live: MyConversation[], reading: MyConversation | undefined): Held {
  const fresh = new Map(live.map((row) => [row.id, row]))
  const shown = new Set(order)
  const rows = order.flatMap((id) => fresh.get(id) ?? (reading?.id === id ? reading : []))
  const lastShown = live.findLastIndex((row) => shown.has(row.id))
  const arrived = live.filter((row, index) => !shown.has(row.id) && index < lastShown).length
  const appended = live.slice(lastShown + 1)
  return { rows: [...rows, ...appended], waiting: arrived + movedUp(order, live) }
}

/** Rows that stand higher in `live` than in `order`, counted against the rows both have. */
function movedUp(order: string[], live: MyConversation[]): number {
  const known = new Set(order)
  const next = live.map((row) => row.id).filter((id) => known.has(id))
  const kept = new Set(next)
  const before = order.filter((id) => kept.has(id))
  let moved = 0
  let at = 0
  const gone = new Set<string>()
  for (const id of next) {
    while (gone.has(before[at] ?? '')) at += 1
    if (before[at] === id) at += 1
    else {
      moved += 1
      gone.add(id)
    }
  }
  return moved
}
