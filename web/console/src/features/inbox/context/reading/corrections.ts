import type { Id, IntentGuess, Reading, ReadingCorrection } from '@rapport/client'

/** A message is about so many things at most. */
export const mostIntents = 5
export const emotions = ['neutral', 'anger', 'distress', 'confusion', 'joy'] as const
export const levels = ['low', 'normal', 'high', 'critical'] as const
export const priorities = ['low', 'normal', 'high', 'urgent'] as const

/** What people may choose from; others stand in the list where a message was read so. */
export const languages = [
  'ar',
  'bg',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'et',
  'fa',
  'fi',
  'fr',
  'he',
  'hi',
  'hr',
  'hu',
  'id',
  'it',
  'ja',
  'ko',
  'lt',
  'lv',
  'nl',
  'no',
  'pl',
  'pt',
  'ro',
  'ru',
  'sk',
  'sl',
  'sr',
  'sv',
  'th',
  'tr',
  'uk',
  'vi',
  'zh',
]

export const isCorrected = (reading: Reading, field: Reading['corrected'][number]) => reading.corrected.includes(field)

/** The intents to say when one is pressed: a guess becomes what is so; among what people said it is one more or less, but never none, which would say that the message belongs nowhere. */
export function afterPressing(reading: Reading, id: Id): Id[] {
  if (!isCorrected(reading, 'intents')) return [id]
  const said = reading.intents.map(({ intent_id }) => intent_id)
  if (said.includes(id)) return said.length > 1 ? said.filter((each) => each !== id) : said
  return [...said, id].slice(-mostIntents)
}

/** What is shown to press: what people said, and what the machine thought besides. */
export function intentsShown({ intents, machine }: Reading): IntentGuess[] {
  const ids = new Set(intents.map(({ intent_id }) => intent_id))
  return [...intents, ...machine.intents.filter(({ intent_id }) => !ids.has(intent_id))]
}

export type Correct = (change: ReadingCorrection) => void
