import type { ComponentType } from 'react'
import { createStore } from '../lib/store'

/** A place in the rail. Features declare theirs beside their routes. */
export interface NavItem {
  to: string
  /** A key below `nav.` in the shared texts. */
  label: 'inbox' | 'customers' | 'recurring' | 'knowledge' | 'assistant' | 'settings'
  icon: ComponentType<{ size?: number; stroke?: number }>
  /** The sequence that goes there, such as `g i`. */
  keys: string
  /** Only for people who may do this. */
  permission?: string
}

export const navigation = createStore<NavItem[]>([])
