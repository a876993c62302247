import { useTranslation } from 'react-i18next'
import { useFormat } from './use-format'

/** A value of any kind as people read it. */
export function useWords() {
  const { t } = useTranslation('common')
  const format = useFormat()
  return (value: unknown): string => {
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
    if (typeof value === 'number') return format.number(value)
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}

/** The key of an attribute as people read it: `last_product` is `Last product`. */
export const labelOf = (key: string): string => {
  const words = key.replace(/[_\s]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
