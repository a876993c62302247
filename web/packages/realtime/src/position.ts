import { type Cursor, compareCursors, type EventFrame } from './frames'

/** How many applied frames are remembered: as many as the server ever catches up with. */
const mostRemembered = 2_000

/**
 * Where this client stands in the log, and what it has applied.
 *
 * Frames come roughly in the order of the log: an older transaction may finish later, a new topic looks back a little,
 * and several frames may share a cursor (one record, several topics). So a record is only behind us once a frame of
 * another has come; we resume before it, the server repeats what we may have missed, and we skip what we know. When a
 * heartbeat's count disagrees, frames were lost on the way and we resume from the last proved place.
 */
export class Position {
  private last: Cursor | null
  private complete: Cursor | null
  private proved: Cursor | null
  private readonly applied = new Set<string>()

  constructor(cursor: Cursor | null) {
    this.last = this.complete = this.proved = cursor
  }

  /** The cursor to say hello with. */
  get resumeFrom(): Cursor | null {
    return this.complete
  }

  /** Whether `frame` is new to us; if so it counts as applied from now on. */
  accept(frame: EventFrame): boolean {
    const key = `${frame.cursor} ${frame.name} ${frame.topic ?? ''} ${frame.part ?? 0}`
    if (frame.cursor !== this.last) {
      this.complete = this.last ?? this.complete
      this.last = frame.cursor
    }
    if (this.applied.has(key)) return false
    this.applied.add(key)
    if (this.applied.size > mostRemembered) this.forgetOldest()
    return true
  }

  /** A fresh subscription starts at the head; one that resumes stays where it is until the catch-up has come. */
  start(head: Cursor): void {
    if (this.last === null) this.jump(head)
  }

  /** All up to `head` has arrived. */
  prove(head: Cursor): void {
    this.proved = head
    if (this.last === null || compareCursors(this.last, head) <= 0) this.last = head
    if (this.complete === null || compareCursors(this.complete, head) <= 0) this.complete = head
  }

  /** Begin again at `head`: what lies before it is fetched, not replayed. */
  jump(head: Cursor): void {
    this.last = this.complete = this.proved = head
  }

  /** Frames were lost somewhere since the last proof: go back there. */
  doubt(): void {
    this.complete = this.proved
  }

  private forgetOldest(): void {
    for (const key of this.applied) {
      this.applied.delete(key)
      return
    }
  }
}
