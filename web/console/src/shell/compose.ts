import type { ComponentType } from 'react'
import { createStore } from '../lib/store'
import type { Recipient } from '../queries/mail'

export interface ComposeProps {
  to: Recipient[]
  onClose: () => void
}

/** To whom a new e-mail is being written; null while none is. Anything may set it. */
export const composing = createStore<Recipient[] | null>(null)

/** The window in which it is written. The feature that has it names it beside its routes. */
export const composeDialog = createStore<ComponentType<ComposeProps> | null>(null)
