import { useCallback, useState } from 'react'

/** State that survives a reload, per browser. `key` names it within Rapport. */
export function useRemembered<T>(key: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => recall(key, initial))
  const remember = useCallback(
    (next: T) => {
      setValue(next)
      store(key, next)
    },
    [key],
  )
  return [value, remember]
}

/** What was stored under `key`, or `fallback` when there is nothing readable. */
export function recall<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`rapport.${key}`)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function store(key: string, value: unknown) {
  try {
    localStorage.setItem(`rapport.${key}`, JSON.stringify(value))
  } catch {
    // A full or forbidden storage costs the memory, not the action.
  }
}
