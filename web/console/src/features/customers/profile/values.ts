import type { AttributeDefinition } from '../../../queries/profile'

export type Scalar = string | number | boolean | null

/** What stands in a field of a form for a value: empty where there is none. */
export const toText = (value: Scalar | undefined): string =>
  value === null || value === undefined ? '' : String(value)

/**
 * The value that was typed, as its attribute wants it; null where the field was emptied.
 *
 * @throws RangeError - a number was wanted and something else was typed.
 */
export function fromText(text: string, kind: AttributeDefinition['kind']): Scalar {
  const typed = text.trim()
  if (typed === '') return null
  if (kind === 'bool') return typed === 'true'
  if (kind !== 'number') return typed
  const number = Number(typed.replace(',', '.'))
  if (!Number.isFinite(number)) throw new RangeError(typed)
  return number
}

export interface AttributeLine {
  key: string
  definition: AttributeDefinition | undefined
  value: Scalar
}

/** What to show: the defined attributes in their order, then whatever else is known, by name. */
export function linesOf(values: Record<string, Scalar>, definitions: AttributeDefinition[]): AttributeLine[] {
  const defined = definitions
    .filter((each) => !each.is_archived || values[each.key] != null)
    .map((definition) => ({ key: definition.key, definition, value: values[definition.key] ?? null }))
  const known = new Set(definitions.map((each) => each.key))
  const others = Object.keys(values)
    .filter((key) => !known.has(key))
    .sort()
    .map((key) => ({ key, definition: undefined, value: values[key] ?? null }))
  return [...defined, ...others]
}
