import type { ClientFrame, Cursor, ServerFrame } from './frames'

/** Where to resume, and what to hear of. */
export interface Hello {
  cursor: Cursor | null
  topics: string[]
}

export interface Handlers {
  frame(frame: ServerFrame): void
  /** The link is gone and will deliver nothing more. `refused`: the server knows us and says no, do not come back. */
  closed(refused: boolean): void
}

export interface Link {
  /** Send one frame; false when this kind of link has no way up (or not yet). */
  send(frame: ClientFrame): boolean
  /** Let go, silently: no handler runs afterwards. */
  close(): void
}

/** One way to hear the server. `open` never throws; trouble comes as `closed`. */
export interface Transport {
  readonly name: string
  open(hello: Hello, handlers: Handlers): Link
}
