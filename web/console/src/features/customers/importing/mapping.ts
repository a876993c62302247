import type { AttributeDefinition } from '../../../queries/profile'

export const plainFields = [
  'name',
  'email',
  'phone',
  'external_id',
  'company',
  'locale',
  'timezone',
  'status',
  'value',
  'language',
] as const
export type PlainField = (typeof plainFields)[number]

export type Mapping = Record<string, string | null>

/** The fields that two columns would go to: each field takes one. */
export function doubledIn(mapping: Mapping): string[] {
  const fields = Object.values(mapping).filter((field): field is string => Boolean(field))
  return [...new Set(fields.filter((field, index) => fields.indexOf(field) !== index))]
}

/** Whether the column by which customers are recognised goes anywhere. */
export const hasMatch = (mapping: Mapping, match: string): boolean => Object.values(mapping).includes(match)

/** The attributes that a column may go to: those that are defined, and its own name as a new one. */
export function attributeFields(
  column: string,
  definitions: AttributeDefinition[],
): { field: string; label: string }[] {
  const defined = definitions
    .filter((each) => !each.is_archived)
    .map((each) => ({ field: `attributes.${each.key}`, label: each.label }))
  const own = ownField(column)
  return own && !defined.some(({ field }) => field === own) ? [...defined, { field: own, label: column }] : defined
}

/** The attribute that has the column's own name; null when it cannot be a key. */
const ownField = (column: string): string | null => {
  const key = column
    .replace(/[^\p{L}\p{N}_ .:-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 64)
  return key ? `attributes.${key}` : null
}

/** How far the rows are, from 0 to 1. */
export const shareDone = ({ rows_done, rows_total }: { rows_done: number; rows_total: number | null }): number =>
  rows_total ? Math.min(1, rows_done / rows_total) : 0
