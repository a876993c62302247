import { backoffMs } from './backoff'
import type { Clock, Surroundings } from './environment'
import type { ClientFrame, Cursor, ServerFrame } from './frames'
import { Position } from './position'
import type { Link, Transport } from './transport'

/** `refused`: the server will not have us (signed out, blocked); only `start` tries again. */
export type ConnectionState = 'stopped' | 'connecting' | 'live' | 'waiting' | 'offline' | 'refused'

export interface RealtimeOptions {
  /** In order of preference; two failures in a row move on to the next, and round again. */
  transports: Transport[]
  clock: Clock
  surroundings: Surroundings
  /** Resume here; null starts at the head of the log. */
  cursor?: Cursor | null
  /** Every event not applied before, `reset` (fetch everything again), typing, presence and errors. */
  onFrame(frame: Exclude<ServerFrame, { type: 'ready' | 'heartbeat' }>): void
  onState?(state: ConnectionState): void
}

const readyWithinMs = 10_000
const silenceMs = 40_000
const answerWithinMs = 4_000
const upgradeAfterMs = 5 * 60_000

/** Hears the server's events once each and in order, over whatever connection can be had. */
export class Realtime {
  state: ConnectionState = 'stopped'
  private readonly position: Position
  private readonly topics = new Map<string, number>()
  private link: Link | null = null
  private level = 0
  private attempt = 0
  private failures = 0
  private received = 0
  private lastFrameAt = 0
  private resubscribing = false
  private viewed: string | null = null
  private cancels = new Map<string, () => void>()
  private stopListening: (() => void) | null = null

  constructor(private readonly options: RealtimeOptions) {
    this.position = new Position(options.cursor ?? null)
  }

  /** Connect and stay connected. Harmless when already started, except that a refusal is forgotten. */
  start(): void {
    if (this.state !== 'stopped' && this.state !== 'refused') return
    this.stopListening ??= this.options.surroundings.onChange(() => this.surroundingsChanged())
    this.attempt = this.failures = this.level = 0
    this.connect()
  }

  /** Disconnect and stay so. The position is kept: a later `start` resumes. */
  stop(): void {
    this.stopListening?.()
    this.stopListening = null
    this.drop()
    this.change('stopped')
  }

  /** Begin again at `cursor`, which came with freshly fetched state. */
  jump(cursor: Cursor): void {
    this.position.jump(cursor)
  }

  /** Hear of `topics` until the returned function is called; the same topic may be wanted several times. */
  subscribe(topics: string[]): () => void {
    const added = topics.filter((topic) => !this.topics.has(topic))
    for (const topic of topics) this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1)
    this.changeTopics('subscribe', added)
    let released = false
    return () => {
      if (released) return
      released = true
      const removed = topics.filter((topic) => this.release(topic))
      this.changeTopics('unsubscribe', removed)
    }
  }

  /** Say that this person writes, or stopped; false when the connection has no way up. */
  typing(conversationId: string, on: boolean, note = false): boolean {
    return this.send({ type: 'typing', conversation_id: conversationId, on, ...(note ? { note } : {}) })
  }

  /** Say which conversation is on the screen; said again after each reconnection. */
  viewing(conversationId: string | null): boolean {
    this.viewed = conversationId
    return this.send({ type: 'viewing', conversation_id: conversationId })
  }

  private send(frame: ClientFrame): boolean {
    return this.state === 'live' && (this.link?.send(frame) ?? false)
  }

  private release(topic: string): boolean {
    const count = (this.topics.get(topic) ?? 0) - 1
    if (count > 0) this.topics.set(topic, count)
    else this.topics.delete(topic)
    return count <= 0
  }

  private changeTopics(type: 'subscribe' | 'unsubscribe', topics: string[]): void {
    if (!topics.length || !this.link || this.resubscribing) return
    if (this.send({ type, topics })) return
    // No way up, or the hello is on its way with the old list: say it anew, once for all changes of this moment.
    this.resubscribing = true
    queueMicrotask(() => {
      this.resubscribing = false
      if (this.link) this.connect()
    })
  }

  private connect(): void {
    this.drop()
    if (!this.options.surroundings.isOnline()) {
      this.change('offline')
      return
    }
    const { transports } = this.options
    const transport = transports[this.level % transports.length]
    if (!transport) return
    this.change('connecting')
    this.received = 0
    this.timer('ready', readyWithinMs, () => this.lost())
    const hello = { cursor: this.position.resumeFrom, topics: [...this.topics.keys()] }
    let current = true
    const link = transport.open(hello, {
      frame: (frame) => {
        if (current) this.receive(frame)
      },
      closed: (refused) => {
        if (!current) return
        if (refused) this.refuse()
        else this.lost()
      },
    })
    this.link = {
      send: (frame) => link.send(frame),
      close: () => {
        current = false
        link.close()
      },
    }
  }

  private receive(frame: ServerFrame): void {
    this.lastFrameAt = this.options.clock.now()
    this.timer('silence', silenceMs, () => this.lost())
    switch (frame.type) {
      case 'ready':
        this.ready(frame.cursor)
        return
      case 'heartbeat':
        this.heartbeat(frame.cursor, frame.count)
        return
      case 'event':
        this.received += 1
        if (this.position.accept(frame)) this.options.onFrame(frame)
        return
      case 'reset':
        this.position.jump(frame.cursor)
        this.options.onFrame(frame)
        return
      default:
        this.options.onFrame(frame)
    }
  }

  private ready(head: Cursor): void {
    this.position.start(head)
    this.cancel('ready')
    this.attempt = this.failures = 0
    this.change('live')
    if (this.viewed) this.send({ type: 'viewing', conversation_id: this.viewed })
    if (this.level % this.options.transports.length !== 0) this.timer('upgrade', upgradeAfterMs, () => this.upgrade())
  }

  private heartbeat(head: Cursor, count: number): void {
    if (count === -1 || count === this.received) {
      this.position.prove(head)
      return
    }
    this.position.doubt()
    this.lost()
  }

  private upgrade(): void {
    this.level = 0
    this.failures = 1
    this.connect()
  }

  private refuse(): void {
    this.drop()
    this.change('refused')
  }

  private lost(): void {
    this.drop()
    this.failures += 1
    if (this.failures >= 2) {
      this.failures = 0
      this.level += 1
    }
    if (!this.options.surroundings.isOnline()) {
      this.change('offline')
      return
    }
    this.change('waiting')
    this.timer('retry', backoffMs(this.attempt, this.options.clock.random()), () => this.connect())
    this.attempt += 1
  }

  private surroundingsChanged(): void {
    const { surroundings, clock } = this.options
    if (!surroundings.isOnline()) {
      if (this.state === 'refused') return
      this.drop()
      this.change('offline')
    } else if (this.state === 'offline') {
      this.attempt = this.failures = this.level = 0
      this.connect()
    } else if (surroundings.isVisible() && this.state === 'waiting') {
      this.connect()
    } else if (surroundings.isVisible() && this.state === 'live' && clock.now() - this.lastFrameAt > silenceMs / 2) {
      // The laptop slept: the timers did too, and the socket may be dead without knowing.
      if (this.send({ type: 'ping' })) this.timer('silence', answerWithinMs, () => this.connect())
      else this.connect()
    }
  }

  private drop(): void {
    for (const name of [...this.cancels.keys()]) this.cancel(name)
    const link = this.link
    this.link = null
    link?.close()
  }

  private timer(name: string, delayMs: number, run: () => void): void {
    this.cancel(name)
    this.cancels.set(
      name,
      this.options.clock.after(delayMs, () => {
        this.cancels.delete(name)
        run()
      }),
    )
  }

  private cancel(name: string): void {
    this.cancels.get(name)?.()
    this.cancels.delete(name)
  }

  private change(state: ConnectionState): void {
    if (this.state === state) return
    this.state = state
    this.options.onState?.(state)
  }
}
