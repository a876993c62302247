import type { Customer } from '@rapport/client'

export interface ComparedField {
  key: 'name' | 'email' | 'phone' | 'company' | 'identities' | 'conversations' | 'firstSeen' | 'lastSeen' | 'attributes'
  values: [string[], string[]]
  isSame: boolean
}

interface Words {
  number: (value: number) => string
  date: (at: string) => string
  value: (value: unknown) => string
}

const addressesOf = ({ identities }: Customer) => identities.map((each) => each.address).sort()

const present = (value: string | null) => (value ? [value] : [])

const folded = (values: string[]) => values.map((each) => each.trim().toLocaleLowerCase()).join('\n')

/** Two customers line by line; `isSame` where both say the same. */
export function compare(a: Customer, b: Customer, words: Words): ComparedField[] {
  const attributes = ({ attributes }: Customer) =>
    Object.entries(attributes)
      .map(([key, value]) => `${key}: ${words.value(value)}`)
      .sort()
  const lines: [ComparedField['key'], (customer: Customer) => string[]][] = [
    ['name', ({ name }) => present(name)],
    ['email', ({ email }) => present(email)],
    ['phone', ({ phone }) => present(phone)],
    ['company', ({ company }) => present(company)],
    ['identities', addressesOf],
    ['conversations', ({ conversation_count }) => [words.number(conversation_count)]],
    ['firstSeen', ({ first_seen_at }) => [words.date(first_seen_at)]],
    ['lastSeen', ({ last_seen_at }) => [words.date(last_seen_at)]],
    ['attributes', attributes],
  ]
  return lines
    .map(([key, read]): ComparedField => {
      const values: [string[], string[]] = [read(a), read(b)]
      return { key, values, isSame: folded(values[0]) === folded(values[1]) }
    })
    .filter(({ values: [left, right] }) => left.length > 0 || right.length > 0)
}

/** Who had better remain: whoever is known for longer, unless the other one is proved and they are not. */
export function betterOf(a: Customer, b: Customer): Customer {
  if (a.verified !== b.verified) return a.verified ? a : b
  return Date.parse(a.first_seen_at) <= Date.parse(b.first_seen_at) ? a : b
}
