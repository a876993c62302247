import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Chat } from '../chat'
import type { Language } from '../i18n'
import type { State } from '../state/state'

/** What every view may use. */
export interface Scene {
  chat: Chat
  state: State
  language: Language
  close(): void
}

export const SceneContext = createContext<Scene | null>(null)

export function useScene(): Scene {
  const scene = useContext(SceneContext)
  if (!scene) throw new Error('A view stands outside of the app.')
  return scene
}
