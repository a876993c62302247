import type { Clock, EventFrame, Handlers, Hello, Link, Surroundings, Transport } from '../src'
import { compareCursors } from '../src'

/** A clock that stands still until moved. */
export class FakeClock implements Clock {
  private time = 0
  private timers: { at: number; run: () => void }[] = []
  now = (): number => this.time
  random = (): number => 0.5

  after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { at: this.time + delayMs, run }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  forward(ms: number): void {
    const until = this.time + ms
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.timers = this.timers.filter((other) => other !== next)
      this.time = Math.max(this.time, next.at)
      next.run()
    }
    this.time = until
  }
}

export class FakeSurroundings implements Surroundings {
  online = true
  visible = true
  private listeners = new Set<() => void>()
  isOnline = (): boolean => this.online
  isVisible = (): boolean => this.visible
  onChange = (run: () => void): (() => void) => {
    this.listeners.add(run)
    return () => this.listeners.delete(run)
  }

  set(change: { online?: boolean; visible?: boolean }): void {
    Object.assign(this, change)
    for (const run of this.listeners) run()
  }
}

/** A server with a log, of which each record may be delivered to several topics. */
export class FakeServer {
  readonly log: EventFrame[] = []
  readonly hellos: (Hello & { over: string })[] = []
  readonly sent: unknown[] = []
  connection: { handlers: Handlers; count: number } | null = null
  down = false
  canSend = true
  private nextId = 1

  get head(): string {
    return this.log.at(-1)?.cursor ?? '1-0'
  }

  /** Commit one record with `topics` deliveries; `lose` drops the frames on the way, silently. */
  commit(topics: string[], lose = false): void {
    const cursor = `${10 + Math.floor(this.nextId / 3)}-${this.nextId}`
    this.nextId += 1
    for (const topic of topics) {
      const frame: EventFrame = { type: 'event', cursor, name: 'things.happened', topic, n: this.log.length }
      this.log.push(frame)
      this.deliver(frame, lose)
    }
  }

  heartbeat(): void {
    const { connection } = this
    connection?.handlers.frame({ type: 'heartbeat', cursor: this.head, count: connection.count })
  }

  cut(): void {
    const { connection } = this
    this.connection = null
    connection?.handlers.closed(false)
  }

  transport(name: string, works = true): Transport {
    return {
      name,
      open: (hello, handlers): Link => {
        this.hellos.push({ ...hello, over: name })
        if (this.down || !works) {
          queueMicrotask(() => handlers.closed(false))
          return { send: () => false, close: () => undefined }
        }
        const connection = { handlers, count: 0 }
        queueMicrotask(() => this.accept(connection, hello))
        return {
          send: (frame) => this.canSend && this.sent.push(frame) > 0,
          close: () => {
            if (this.connection === connection) this.connection = null
          },
        }
      },
    }
  }

  private accept(connection: { handlers: Handlers; count: number }, hello: Hello): void {
    this.connection = connection
    connection.handlers.frame({ type: 'ready', cursor: this.head })
    const { cursor } = hello
    if (cursor === null) return
    for (const frame of this.log) if (compareCursors(frame.cursor, cursor) > 0) this.deliver(frame, false)
  }

  private deliver(frame: EventFrame, lose: boolean): void {
    const { connection } = this
    if (!connection) return
    connection.count += 1
    if (!lose) connection.handlers.frame(frame)
  }
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve()
}
