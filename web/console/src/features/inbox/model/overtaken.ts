import type { EventFrame } from '@rapport/realtime'
import type { Query, QueryClient } from '@tanstack/react-query'

/** Events that came while answers were on their way: an answer may be from before them, so it gets them once more. */
export class Overtaken {
  private readonly events: EventFrame[] = []
  private readonly running = new Map<Query, number>()

  constructor(queries: QueryClient, root: string, apply: (event: EventFrame) => void) {
    queries.getQueryCache().subscribe((change) => {
      if (change.type !== 'updated' || change.query.queryKey[0] !== root) return
      const { action, query } = change
      if (action.type === 'fetch') this.running.set(query, this.events.length)
      else if (action.type === 'success' && !action.manual) for (const event of this.missedBy(query)) apply(event)
    })
  }

  hear(event: EventFrame) {
    this.forget()
    if (this.running.size > 0) this.events.push(event)
  }

  private missedBy(query: Query): EventFrame[] {
    const missed = this.events.slice(this.running.get(query) ?? this.events.length)
    this.running.delete(query)
    this.forget()
    return missed
  }

  /** Nothing is kept for what ended without an answer. */
  private forget() {
    for (const query of this.running.keys()) if (query.state.fetchStatus === 'idle') this.running.delete(query)
    if (this.running.size === 0) this.events.length = 0
  }
}
