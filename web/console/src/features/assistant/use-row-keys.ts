import { type RefObject, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../../lib/keys'

/** `j` and `k` move the focus between what is marked `data-row`, and Enter does what the browser does there. */
export function useRowKeys<T extends HTMLElement>(): RefObject<T | null> {
  const { t } = useTranslation('assistant')
  const list = useRef<T>(null)
  const move = (step: number) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))
    rows[next]?.focus()
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('title'), run: () => move(1) },
    { keys: 'k', label: t('keys.previous'), group: t('title'), run: () => move(-1) },
  ])
  return list
}
