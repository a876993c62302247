import type { PreChatField } from '@rapport/client'

/** A key for a new question: name and e-mail first, since they fill the customer's own fields. */
export function keyFor(fields: PreChatField[]): string {
  const taken = new Set(fields.map((field) => field.key))
  const candidates = ['name', 'email', ...Array.from({ length: 20 }, (_, n) => `question_${n + 1}`)]
  return candidates.find((key) => !taken.has(key)) ?? 'question'
}
