/** What one tab tells the others of the same visitor. */
export type TabMessage =
  | { type: 'outbox' }
  | { type: 'session' }
  | { type: 'begun'; local: string; id: string }
  | { type: 'seen'; id: string; seq: number }

/** Tabs with the widget of one inbox, agreeing. Where BroadcastChannel is missing, they meet at the server instead. */
export class Tabs {
  private readonly channel: BroadcastChannel | null

  constructor(key: string, onMessage: (message: TabMessage) => void) {
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`rapport:${key}`)
    if (this.channel) this.channel.onmessage = (event) => onMessage(event.data as TabMessage)
  }

  tell(message: TabMessage): void {
    this.channel?.postMessage(message)
  }

  close(): void {
    this.channel?.close()
  }
}

/**
 * Run `work` while no other tab does. Where a browser has no Web Locks, or refuses them to frames, it runs at once, which
 * idempotency keys make harmless.
 */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
  if (!locks) return work()
  let isRefused = true
  try {
    await locks.request(name, () => {
      isRefused = false
      return work()
    })
  } catch (error) {
    if (!isRefused) throw error
    await work()
  }
}
