import { Problem } from './problem'
import type { Storage } from './storage'
import type { Id, Pending } from './types'
import { isLocal } from './types'

export interface OutboxOptions {
  storage: Storage
  /** Deliver one message; resolves with the real id of its conversation. Rejects with a `Problem`. */
  deliver(message: Pending): Promise<Id>
  /** Run alone among the tabs of this visitor. */
  alone(work: () => Promise<void>): Promise<void>
  /** The stored messages changed here, or a conversation got its real id. */
  onChange(messages: Pending[]): void
  onBegun(local: Id, id: Id): void
  /** Nothing can be sent at present; `waitMs` is when to ask again. */
  onTrouble(problem: Problem): void
  after(delayMs: number, run: () => void): () => void
}

const name = 'outbox'
const retryMs = 4_000
const identityMs = 15_000

/**
 * Messages on their way to the server: kept until confirmed, sent in order, one at a time.
 *
 * Every message has a `client_id` by which the server knows it again, so a message that was received but not confirmed
 * is stored once, though it is sent twice. Tabs share one outbox, and only one of them empties it at a time.
 */
export class Outbox {
  private running: Promise<void> | null = null
  private again = false
  private cancelRetry: (() => void) | null = null

  constructor(private readonly options: OutboxOptions) {}

  get messages(): Pending[] {
    const stored = this.options.storage.get<Pending[]>(name)
    return Array.isArray(stored) ? stored : []
  }

  /** Keep `message`, then send it as soon as can be. */
  add(message: Pending): void {
    this.change((messages) => [...messages, message])
    void this.flush()
  }

  /** Try a refused message again. */
  retry(clientId: string): void {
    this.change((messages) => messages.map((m) => (m.client_id === clientId ? { ...m, refusal: null } : m)))
    void this.flush()
  }

  remove(clientId: string): void {
    if (!this.messages.some((m) => m.client_id === clientId)) return
    this.change((messages) => messages.filter((m) => m.client_id !== clientId))
  }

  clear(): void {
    this.change(() => [])
  }

  /** Send what can be sent. A call while sending makes it look once more at the end. */
  flush(): Promise<void> {
    this.again = true
    this.running ??= this.options
      .alone(() => this.run())
      .finally(() => {
        this.running = null
      })
    return this.running
  }

  private async run(): Promise<void> {
    this.cancelRetry?.()
    while (this.again) {
      this.again = false
      for (let next = this.next(); next; next = this.next()) {
        if (!(await this.deliver(next))) return
      }
    }
  }

  /** The oldest message that nothing stands before: a refused beginning holds its own conversation back, no other. */
  private next(): Pending | undefined {
    const held = new Set<Id>()
    for (const message of this.messages) {
      if (message.refusal === null && !held.has(message.conversation_id)) return message
      if (message.refusal !== null && isLocal(message.conversation_id)) held.add(message.conversation_id)
    }
    return undefined
  }

  private async deliver(message: Pending): Promise<boolean> {
    try {
      const id = await this.options.deliver(message)
      this.settle(message, id)
      return true
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(0, 'Unexpected', '')
      if (!problem.isPassing && problem.status !== 401) {
        this.refuse(message, problem)
        return true
      }
      // A missing identity comes with the page's word, which flushes; until then there is no hurry.
      const usualMs = problem.status === 401 ? identityMs : retryMs
      const waitMs = problem.retryAfterS === null ? usualMs : problem.retryAfterS * 1_000
      this.cancelRetry = this.options.after(waitMs, () => void this.flush())
      this.options.onTrouble(problem)
      return false
    }
  }

  private settle(message: Pending, id: Id): void {
    const local = message.conversation_id
    const isBeginning = local !== id
    if (isBeginning) this.options.onBegun(local, id)
    this.change((messages) =>
      messages
        .filter((m) => m.client_id !== message.client_id)
        .map((m) => (isBeginning && m.conversation_id === local ? { ...m, conversation_id: id } : m)),
    )
  }

  private refuse(message: Pending, problem: Problem): void {
    const refusal = problem.detail || problem.code
    this.change((messages) => messages.map((m) => (m.client_id === message.client_id ? { ...m, refusal } : m)))
  }

  private change(edit: (messages: Pending[]) => Pending[]): void {
    const messages = edit(this.messages)
    this.options.storage.set(name, messages.length ? messages : null)
    this.options.onChange(messages)
  }
}
