import type { Conversation, MyConversation } from '@rapport/client'
import type { EventFrame } from '@rapport/realtime'
import type { QueryClient } from '@tanstack/react-query'
import { type Frame, getRealtime, onFirstLive, onFrame } from '../../../lib/realtime'
import { fetchConversation, type ListFilter } from '../../../queries/conversations'
import { keys } from '../../../queries/keys'
import type { TriageFrame } from '../../../queries/live-triage'
import type { Delivery, Mail } from '../../../queries/mail'
import { meQuery } from '../../../queries/me'
import { retryUnreachable } from '../composer/outbox'
import { type MailsData, placeDelivery, placeMail } from './mail'
import { Overtaken } from './overtaken'
import { hearPresence, stopTyping } from './presence'
import {
  applyToConversation,
  type ConversationEvent,
  type ListData,
  placeInList,
  placeInThread,
  rowIn,
  type ThreadData,
} from './reducer'

interface MailEvent extends EventFrame {
  mail?: Mail
  delivery?: Delivery
}

const countersEveryMs = 1_500

/** Keeps everything the cache holds about conversations as the server has it. Installed once per page. */
export class LiveCaches {
  private countersDue: ReturnType<typeof setTimeout> | undefined
  private readonly asked = new Map<string, Promise<MyConversation>>()
  private readonly overtaken: Overtaken

  constructor(private readonly queries: QueryClient) {
    this.overtaken = new Overtaken(queries, keys.conversations.all[0], (event) => this.event(event))
  }

  /** Listen from now on. The inbox topic stays subscribed while the page lives. */
  install() {
    getRealtime().subscribe(['inbox', 'workspace'])
    onFrame((frame) => this.hear(frame))
    onFirstLive(() => this.begin())
    window.addEventListener('online', () => void retryUnreachable(this.queries))
  }

  /** From now on everything is heard. What was fetched before may be older, so it is asked for again. */
  begin() {
    this.refresh(keys.conversations.all)
  }

  hear(frame: Frame) {
    if (frame.type === 'reset') void this.queries.invalidateQueries()
    else if (frame.type === 'event') {
      this.overtaken.hear(frame)
      this.event(frame)
    } else hearPresence(frame)
  }

  /** Show `change` to a conversation everywhere, before or after the server agreed. */
  put(row: MyConversation) {
    this.queries.setQueryData(keys.conversations.one(row.id), row)
    this.intoLists(row)
  }

  private get me(): string {
    return this.queries.getQueryData(meQuery.queryKey)?.user.id ?? ''
  }

  private event(event: EventFrame) {
    if (event.name === 'conversations.catalogue_changed') {
      void this.queries.invalidateQueries({ queryKey: ['people'] })
    } else if (event.mail || event.delivery) {
      this.mailEvent(event as MailEvent)
    } else if (event.name.startsWith('conversations.')) {
      if (event.name === 'conversations.erased') this.forget(event as ConversationEvent)
      this.conversationEvent(event as ConversationEvent)
    } else if (event.name.startsWith('customers.')) {
      this.customerEvent(event as ConversationEvent)
    } else if (event.name.startsWith('triage.')) {
      void import('../../../queries/live-triage').then((live) => live.hearOfTriage(this.queries, event as TriageFrame))
    } else if (/^knowledge\.(source|document)_/.test(event.name)) {
      this.refreshLater(keys.sources.all, keys.knowledge.all)
    } else if (event.name.startsWith('knowledge.')) {
      this.refresh(keys.knowledge.all)
    }
  }

  /** What is known beside a message, or how one fares that goes out. */
  private mailEvent({ mail, delivery }: MailEvent) {
    const { mails, deliveries, mailReply } = keys.conversations
    if (delivery) {
      const key = deliveries(delivery.conversation_id)
      this.queries.setQueryData<Delivery[]>(key, (known) => known && placeDelivery(known, delivery))
    }
    if (mail) {
      this.queries.setQueryData<MailsData>(mails(mail.conversation_id), (known) => known && placeMail(known, mail))
      this.refresh(mailReply(mail.conversation_id))
    }
  }

  private refresh(...stale: (readonly unknown[])[]) {
    for (const queryKey of stale) void this.queries.invalidateQueries({ queryKey })
  }

  /** What tells of itself every few seconds is fetched again by whoever shows it next. */
  private refreshLater(...stale: (readonly unknown[])[]) {
    for (const queryKey of stale) void this.queries.invalidateQueries({ queryKey, refetchType: 'none' })
  }

  /** What was said is gone: nothing of it stays on the screen. */
  private forget({ conversation }: ConversationEvent) {
    if (!conversation) return
    const { messages, answers, draft, mails, deliveries, readings } = keys.conversations
    for (const key of [messages, answers, draft, mails, deliveries, readings])
      void this.queries.resetQueries({ queryKey: key(conversation.id) })
    this.refresh(keys.customers.one(conversation.customer.id), keys.customers.timeline(conversation.customer.id))
  }

  /** The customer's name stands in all their rows; the event brings one of them. */
  private customerEvent({ conversation }: ConversationEvent) {
    if (!conversation) return
    const { customer } = conversation
    this.refresh(keys.customers.one(customer.id), keys.customers.timeline(customer.id))
    const rows = this.lists().flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? [])
    const known = this.known(conversation.id)
    for (const row of known ? [...rows, known] : rows) {
      if (row.customer.id === customer.id) this.put({ ...row, customer })
    }
  }

  private conversationEvent(event: ConversationEvent) {
    this.countersSoon()
    if (event.message) {
      this.intoThread(event)
      stopTyping(event.message.conversation_id, event.message.author.id)
    }
    if (event.message?.author.kind === 'assistant') {
      this.refresh(keys.conversations.answers(event.message.conversation_id))
    }
    const id = event.conversation?.id ?? event.seen?.conversation_id
    if (!id) return
    const known = this.known(id)
    if (known) this.put(applyToConversation(known, event, this.me))
    else if (event.conversation) void this.meet(event.conversation, event)
  }

  private known(id: string): MyConversation | undefined {
    const one = this.queries.getQueryData<MyConversation>(keys.conversations.one(id))
    if (one) return one
    for (const [, data] of this.lists()) {
      const row = data && rowIn(data, id)
      if (row) return row
    }
    return undefined
  }

  /** A conversation no cache has: what I have seen of it is asked, unless it is new and so unseen. */
  private async meet(conversation: Conversation, event: ConversationEvent) {
    if (event.name === 'conversations.started') return this.put({ ...conversation, seen_seq: 0 })
    const running = this.asked.get(conversation.id) ?? fetchConversation(conversation.id)
    this.asked.set(conversation.id, running)
    try {
      this.put(applyToConversation(await running, event, this.me))
    } catch {
      this.refresh(keys.conversations.lists)
    } finally {
      this.asked.delete(conversation.id)
    }
  }

  private lists() {
    return this.queries.getQueriesData<ListData>({ queryKey: keys.conversations.lists })
  }

  private intoLists(row: MyConversation) {
    for (const [key, data] of this.lists()) {
      if (data) this.queries.setQueryData(key, placeInList(data, key[2] as ListFilter, row, this.me))
    }
  }

  private intoThread({ message }: ConversationEvent) {
    if (!message) return
    const key = keys.conversations.messages(message.conversation_id)
    const thread = this.queries.getQueryData<ThreadData>(key)
    if (!thread) return
    const next = placeInThread(thread, message)
    if (next) this.queries.setQueryData(key, next)
    else this.refresh(key)
  }

  private countersSoon() {
    this.countersDue ??= setTimeout(() => {
      this.countersDue = undefined
      this.refresh(keys.conversations.counters)
    }, countersEveryMs)
  }
}

let installed: LiveCaches | undefined

/** The page's live caches; listening begins with the first call. */
export function liveCaches(queries: QueryClient): LiveCaches {
  if (!installed) {
    installed = new LiveCaches(queries)
    installed.install()
  }
  return installed
}
