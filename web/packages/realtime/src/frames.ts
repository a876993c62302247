/** `"<tx>-<id>"`: a place in a workspace's log. Opaque to everyone but `compareCursors`. */
export type Cursor = string

export type ClientFrame =
  | { type: 'hello'; cursor: Cursor | null; topics: string[] }
  | { type: 'subscribe' | 'unsubscribe'; topics: string[] }
  | { type: 'typing'; conversation_id: string; on: boolean; note?: boolean }
  | { type: 'viewing'; conversation_id: string | null }
  | { type: 'ping' }

/** Something happened; the body carries the present state of what it happened to, so applying it is an upsert by id. */
export interface EventFrame {
  type: 'event'
  cursor: Cursor
  name: string
  topic?: string
  /** Counts the frames that one record has on one topic; the first has none. */
  part?: number
  [key: string]: unknown
}

export interface TypingFrame {
  type: 'typing'
  conversation_id: string
  who: { kind: 'agent' | 'customer' | 'assistant'; id: string; name: string }
  on: boolean
  note?: boolean
  expires_in_s: number
}

export interface PresenceFrame {
  type: 'presence'
  agents?: string[]
  viewing?: Record<string, string[]>
  agents_online?: boolean
}

export type ServerFrame =
  | { type: 'ready'; cursor: Cursor }
  | EventFrame
  | { type: 'heartbeat'; cursor: Cursor; count: number }
  | { type: 'reset'; cursor: Cursor }
  | TypingFrame
  | PresenceFrame
  | { type: 'error'; code: string; detail: string }

/** Read one text frame; null for what this version does not understand, which is then ignored. */
export function parseFrame(text: string): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}

function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative where `a` is before `b` in the log. Transaction ids outgrow doubles, so digits are compared as text. */
export function compareCursors(a: Cursor, b: Cursor): number {
  const [aTx = '', aId = ''] = a.split('-')
  const [bTx = '', bId = ''] = b.split('-')
  return compareDigits(aTx, bTx) || compareDigits(aId, bId)
}
