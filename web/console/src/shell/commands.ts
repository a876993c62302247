import type { ComponentType } from 'react'
import { useEffect, useRef } from 'react'
import { createStore } from '../lib/store'

/** Something the palette can do by name. */
export interface Command {
  id: string
  label: string
  group: string
  icon?: ComponentType<{ size?: number; stroke?: number }>
  keys?: string
  run: () => void
}

export const commands = createStore<{ current: Command[] }[]>([])

/** Offer commands in the palette while the component is shown. */
export function useCommands(offered: Command[]) {
  const ref = useRef(offered)
  ref.current = offered
  useEffect(() => {
    commands.set((all) => [...all, ref])
    return () => commands.set((all) => all.filter((each) => each !== ref))
  }, [])
}

/** Which overlay of the shell is open. */
export const overlay = createStore<'none' | 'palette' | 'help'>('none')
