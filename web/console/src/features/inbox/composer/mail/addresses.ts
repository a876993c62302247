import type { Recipient } from '../../../../queries/mail'

/** Good enough to tell a slip from an address; whether somebody reads there only their server knows. */
const shape = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/u
const maxChars = 320

export const isAddress = (text: string): boolean => text.length <= maxChars && shape.test(text)

/** How addresses are compared: without regard to case. */
export const folded = (address: string): string => address.trim().toLowerCase()

/** One entry as people type or paste it: `jane@x.org`, `Jane <jane@x.org>`, `"Doe, Jane" <jane@x.org>`. */
function readOne(text: string): Recipient {
  const named = /^(.*?)<\s*([^<>]*?)\s*>$/su.exec(text.trim())
  if (!named) return { name: '', address: text.trim().replace(/^mailto:/i, '') }
  const name = (named[1] ?? '').trim().replace(/^"(.*)"$/su, '$1')
  return { name: name.trim(), address: (named[2] ?? '').trim() }
}

/** The entries of what was typed or pasted; commas and semicolons inside quotes do not part them. */
export function readRecipients(text: string): Recipient[] {
  const parts = text.match(/(?:"[^"]*"|[^,;\n"])+/gu) ?? []
  return parts.flatMap((part) => spaced(part)).filter((each) => each.address !== '')
}

/** Several bare addresses with only spaces between them are several people. */
function spaced(part: string): Recipient[] {
  const words = part.trim().split(/\s+/)
  return words.length > 1 && words.every(isAddress) ? words.map(readOne) : [readOne(part)]
}

/** The people with those of `more` who are not among them. */
export function addRecipients(people: Recipient[], more: Recipient[]): Recipient[] {
  const known = new Set(people.map((each) => folded(each.address)))
  const added = more.filter(({ address }) => !known.has(folded(address)) && known.add(folded(address)))
  return [...people, ...added]
}

/** Whether both name the same addresses, in whatever order. */
export function sameRecipients(a: Recipient[], b: Recipient[]): boolean {
  const theirs = new Set(b.map((each) => folded(each.address)))
  return a.length === b.length && a.every((each) => theirs.has(folded(each.address)))
}

export const invalidOf = (people: Recipient[]): Recipient[] => people.filter(({ address }) => !isAddress(address))
