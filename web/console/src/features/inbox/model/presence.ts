import type { PresenceFrame, TypingFrame } from '@rapport/realtime'
import type { Frame } from '../../../lib/realtime'
import { createStore, useStore } from '../../../lib/store'

export interface Typist {
  kind: 'agent' | 'customer' | 'assistant'
  id: string
  name: string
  note: boolean
}

const typing = createStore<Record<string, Typist[]>>({})
const online = createStore<{ agents: string[]; viewing: Record<string, string[]> }>({ agents: [], viewing: {} })
const expiries = new Map<string, ReturnType<typeof setTimeout>>()
const nobody: Typist[] = []
const none: string[] = []

/** Take in who types and who is here. Typing ends by itself when its sender falls silent. */
export function hearPresence(frame: Frame) {
  if (frame.type === 'typing') hearTyping(frame)
  else if (frame.type === 'presence') hearOnline(frame)
}

function hearOnline(frame: PresenceFrame) {
  online.set({ agents: frame.agents ?? none, viewing: frame.viewing ?? {} })
}

function hearTyping({ conversation_id: conversation, who, on, note, expires_in_s }: TypingFrame) {
  const timer = `${conversation}:${who.id}`
  clearTimeout(expiries.get(timer))
  expiries.delete(timer)
  setTyping(conversation, { ...who, note: note ?? false }, on)
  if (on) {
    expiries.set(
      timer,
      setTimeout(() => setTyping(conversation, { ...who, note: false }, false), expires_in_s * 1_000),
    )
  }
}

function setTyping(conversation: string, who: Typist, on: boolean) {
  typing.set((all) => {
    const others = (all[conversation] ?? nobody).filter((each) => each.id !== who.id)
    return { ...all, [conversation]: on ? [...others, who] : others }
  })
}

/** A message arrived from `author`: they no longer type. */
export const stopTyping = (conversation: string, author: string | null) =>
  typing.set((all) => ({ ...all, [conversation]: (all[conversation] ?? nobody).filter((each) => each.id !== author) }))

export const useTypists = (conversation: string) => useStore(typing)[conversation] ?? nobody
export const useViewers = (conversation: string) => useStore(online).viewing[conversation] ?? none
export const useOnlineAgents = () => useStore(online).agents
