const repeatMs = 3_000
const idleMs = 4_000

/** Tells that somebody writes: at once, again every 3 s while they do, and when they stop. */
export class TypingSignal {
  private lastAt = 0
  private conversationId: string | null = null
  private idle: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly say: (conversationId: string, on: boolean) => void) {}

  typed(conversationId: string): void {
    const now = Date.now()
    if (this.conversationId !== conversationId || now - this.lastAt >= repeatMs) {
      this.conversationId = conversationId
      this.lastAt = now
      this.say(conversationId, true)
    }
    clearTimeout(this.idle)
    this.idle = setTimeout(() => this.stopped(), idleMs)
  }

  stopped(): void {
    clearTimeout(this.idle)
    if (this.conversationId === null) return
    this.say(this.conversationId, false)
    this.conversationId = null
    this.lastAt = 0
  }
}
