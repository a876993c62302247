import { useState } from 'react'

/** Settings as they are being changed: what the server has, with the changes laid over it. */
export interface Draft<T> {
  value: T
  changes: Partial<T>
  isDirty: boolean
  set: (change: Partial<T>) => void
  discard: () => void
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** Only what differs from `saved` counts as a change, so that typing something back leaves nothing to save. */
export function useDraft<T extends object>(saved: T): Draft<T> {
  const [edits, setEdits] = useState<Partial<T>>({})
  const entries = Object.entries(edits).filter(([key, value]) => !isSame(value, saved[key as keyof T]))
  const changes = Object.fromEntries(entries) as Partial<T>
  return {
    value: { ...saved, ...changes },
    changes,
    isDirty: entries.length > 0,
    set: (change) => setEdits((known) => ({ ...known, ...change })),
    discard: () => setEdits({}),
  }
}
