import { useEffect, useRef } from 'react'
import { createStore, useStore } from './store'

/** One thing the keyboard can do: `keys` as in `j`, `mod+Enter`, `g i`; `?` and letters mean the character typed. */
export interface Shortcut {
  keys: string
  label: string
  run: () => void
  /** Also while a text field has the focus. Combinations with mod always do. */
  inFields?: boolean
  group?: string
}

interface Registration {
  current: Shortcut[]
}

const registered = createStore<Registration[]>([])
let pending = ''
let pendingTimer: ReturnType<typeof setTimeout> | undefined

/** Offer shortcuts while the component is shown. Later registrations win over earlier ones. */
export function useShortcuts(shortcuts: Shortcut[]) {
  const registration = useRef<Shortcut[]>(shortcuts)
  registration.current = shortcuts
  useEffect(() => {
    registered.set((all) => [...all, registration])
    return () => registered.set((all) => all.filter((each) => each !== registration))
  }, [])
}

/** All shortcuts of the screen, for the help sheet and the palette; what is nearest first. */
export const useAllShortcuts = (): Shortcut[] => {
  const seen = new Set<string>()
  return useStore(registered)
    .toReversed()
    .flatMap((each) => each.current)
    .filter((each) => !seen.has(each.keys) && seen.add(each.keys))
}

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

/** `mod+Enter` as the person's keyboard shows it. */
export const keyCaps = (keys: string): string[] =>
  keys.split(/[ +]/).map((key) => caps[key] ?? (key.length === 1 ? key.toUpperCase() : key))

const caps: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: isMac ? '⇧' : 'Shift',
  Enter: '↵',
  Escape: 'Esc',
}

const inField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.role === 'combobox')

/** `mod+k`, `j`, `shift+Enter`: the name of what was pressed. */
export function nameOf(event: KeyboardEvent): string {
  const parts: string[] = []
  if (event.ctrlKey || event.metaKey) parts.push('mod')
  if (event.altKey) parts.push('alt')
  if (event.shiftKey && event.key.length > 1) parts.push('shift')
  parts.push(event.key.length === 1 ? event.key.toLowerCase() : event.key)
  return parts.join('+')
}

const find = (keys: string, field: boolean): Shortcut | undefined => {
  for (const registration of registered.get().toReversed()) {
    const found = registration.current.find(
      (each) => each.keys === keys && (!field || each.inFields || keys.startsWith('mod+')),
    )
    if (found) return found
  }
  return undefined
}

const startsSequence = (keys: string) =>
  registered.get().some((registration) => registration.current.some((each) => each.keys.startsWith(`${keys} `)))

function expect(prefix: string) {
  pending = prefix
  clearTimeout(pendingTimer)
  if (prefix) pendingTimer = setTimeout(() => expect(''), 1_000)
}

/** Whether a dialog or menu has the keyboard, so that letters belong to it. */
const isCovered = () =>
  [...document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"]')].some((each) =>
    each.checkVisibility(),
  )

/** Whether the key presses what has the focus, as Enter does with a button. */
const isPress = (event: KeyboardEvent) =>
  (event.key === 'Enter' || event.key === ' ') &&
  event.target instanceof HTMLElement &&
  event.target.closest('a, button, summary, [role="separator"]') !== null

/** Run what the pressed key means here. Returns whether it meant something. */
export function handleKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  const field = inField(event.target)
  const name = nameOf(event)
  if (!name.startsWith('mod+') && (isPress(event) || isCovered())) return false
  const keys = pending && !field ? `${pending} ${name}` : name
  const shortcut = find(keys, field) ?? find(name, field)
  const sequence = !field && !shortcut && startsSequence(name)
  expect(sequence ? name : '')
  if (!shortcut) return false
  event.preventDefault()
  shortcut.run()
  return true
}

/** Listen on the document; once, at the root. */
export function useKeyboard() {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => void handleKey(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
