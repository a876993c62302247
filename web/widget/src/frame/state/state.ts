import type { ConnectionState } from '@rapport/realtime'
import type { Config } from '../../protocol'
import type { Conversation, Id, Message, Pending, Visitor } from '../types'

export interface Thread {
  /** By seq; numbers are missing where the team made notes. */
  messages: Message[]
  isLoaded: boolean
  isLoading: boolean
  hasEarlier: boolean
  hasFailed: boolean
}

export interface Typist {
  name: string
  kind: 'agent' | 'assistant'
  until: number
}

/** `key` is the id under which a conversation was opened: it outlives the moment when a new one gets its real id. */
export type View = { name: 'home' } | { name: 'conversation'; id: Id; key?: Id }

/** Something to say above the composer. The words are chosen where it is shown. */
export type Notice =
  | { kind: 'away' }
  | { kind: 'busy'; seconds: number }
  | { kind: 'identity'; isRefused: boolean }
  | { kind: 'file'; name: string; reason: 'size' | 'offline' | 'refused'; detail: string }

export interface State {
  config: Config | null
  session: 'none' | 'starting' | 'ready' | 'refused'
  visitor: Visitor | null
  conversations: Record<Id, Conversation>
  threads: Record<Id, Thread>
  outbox: Pending[]
  typing: Record<Id, Typist>
  view: View
  connection: ConnectionState
  agentsOnline: boolean
  notice: Notice | null
  isOpen: boolean
  isPhone: boolean
  isPreview: boolean
  /** Whether the questions before the first message have been answered or skipped. */
  isIntroduced: boolean
}

export const emptyThread: Thread = {
  messages: [],
  isLoaded: false,
  isLoading: false,
  hasEarlier: false,
  hasFailed: false,
}

export const initialState: State = {
  config: null,
  session: 'none',
  visitor: null,
  conversations: {},
  threads: {},
  outbox: [],
  typing: {},
  view: { name: 'home' },
  connection: 'stopped',
  agentsOnline: false,
  notice: null,
  isOpen: false,
  isPhone: false,
  isPreview: false,
  isIntroduced: false,
}
