import { systemClock } from '@rapport/realtime'
import type { Api } from './api'
import type { Store } from './state/store'
import type { Conversation, Id, Message } from './types'
import { isLocal } from './types'

type Range = { before_seq?: number; after_seq?: number }

/** Conversations and their messages: fetched when shown, and kept up by events. */
export class Threads {
  /** After which seq something may be missing, where a message has come beyond a gap. */
  private readonly gaps = new Map<Id, number>()

  constructor(
    private readonly api: Api,
    private readonly store: Store,
  ) {}

  /** Load the newest messages of a conversation unless they are here; after a failure, what is missing. */
  async open(id: Id): Promise<void> {
    const thread = this.store.state.threads[id]
    if (isLocal(id) || thread?.isLoading) return
    if (!thread?.isLoaded) await this.load(id, 'newest', {})
    else if (thread.hasFailed) await this.catchUp(id)
  }

  async loadEarlier(id: Id): Promise<void> {
    const thread = this.store.state.threads[id]
    const first = thread?.messages[0]
    if (thread && !thread.isLoading && first) await this.load(id, 'earlier', { before_seq: first.seq })
  }

  /** Take the present state of what an event was about. What should lie between it and what we have is fetched. */
  apply(conversation: Conversation | undefined, message: Message | undefined): void {
    const thread = message && this.store.state.threads[message.conversation_id]
    const lastSeq = thread?.messages.at(-1)?.seq ?? 0
    this.store.dispatch({ type: 'event', conversation, message })
    if (message && thread?.isLoaded && message.seq > lastSeq + 1) {
      this.gaps.set(message.conversation_id, Math.min(lastSeq, this.gaps.get(message.conversation_id) ?? lastSeq))
      void this.catchUp(message.conversation_id)
    }
  }

  /** Everything may have changed: fetch the conversations, and what is new in those that are open. */
  async refetch(): Promise<void> {
    try {
      const { items } = await this.api.conversations()
      this.store.dispatch({ type: 'conversations', conversations: items })
    } catch {
      systemClock.after(3_000, () => void this.refetch())
      return
    }
    for (const id of Object.keys(this.store.state.threads)) await this.catchUp(id)
  }

  /** The visitor has seen all of a conversation. Returns how far, or null when that is no news. */
  saw(id: Id): number | null {
    const conversation = this.store.state.conversations[id]
    if (!conversation || conversation.last_seq <= conversation.seen_seq) return null
    const seq = conversation.last_seq
    this.store.dispatch({ type: 'seen', id, seq })
    void this.api.seen(id, seq).catch(() => undefined)
    return seq
  }

  private async catchUp(id: Id): Promise<void> {
    const lastSeq = this.store.state.threads[id]?.messages.at(-1)?.seq ?? 0
    await this.load(id, 'later', { after_seq: this.gaps.get(id) ?? lastSeq })
  }

  private async load(id: Id, part: 'newest' | 'earlier' | 'later', range: Range): Promise<void> {
    this.store.dispatch({ type: 'thread-loading', id })
    try {
      const { items, next } = await this.api.messages(id, range)
      this.store.dispatch({ type: 'thread-loaded', id, messages: items, part, hasEarlier: next !== null })
      const last = items.at(-1)
      if (part !== 'later') return
      if (next !== null && last) await this.load(id, 'later', { after_seq: last.seq })
      else this.gaps.delete(id)
    } catch {
      this.store.dispatch({ type: 'thread-failed', id })
    }
  }
}
