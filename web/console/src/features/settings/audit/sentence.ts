import type { Deed } from '@rapport/client'

/** A change as the record keeps it: what was, and what is. */
export const changeOf = (value: unknown): [unknown, unknown] | null =>
  Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : null

/** The sentence of a deed, under `verbs`: its verb, or a narrower one when the details say more. */
export function sentenceOf({ verb, details }: Deed): string {
  if (verb === 'member.changed' && changeOf(details.role)) return 'member.role'
  if (verb === 'member.changed') return switched('member', details.is_active) ?? verb
  if (verb === 'inbox.changed' && changeOf(details.name)) return 'inbox.renamed'
  if (verb === 'inbox.changed') return switched('inbox', details.is_enabled) ?? verb
  if (verb === 'assistant.changed') return switched('assistant', details.enabled) ?? verb
  if (verb === 'session.ended' && (details.which === 'one' || details.which === 'others'))
    return `session.${details.which}`
  return verb
}

const switched = (noun: string, value: unknown) => {
  const change = changeOf(value)
  return change ? `${noun}.${change[1] ? 'on' : 'off'}` : null
}

/** The one change that a sentence can tell, if it tells one. */
export const toldChange = ({ verb, details }: Deed) => changeOf(verb === 'member.changed' ? details.role : details.name)
