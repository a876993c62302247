import type { Conversation, Message, MyConversation } from '@rapport/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ListFilter, placeOf } from '../../../queries/conversations'
import {
  applyToConversation,
  type ConversationEvent,
  type ListData,
  messagesOf,
  placeInList,
  placeInThread,
  rowIn,
  type ThreadData,
} from './reducer'
import { compareIn, matches } from './views'

const me = 'me'
const agents = [me, 'other', null]
const tags = ['t1', 't2']
const ids = ['a', 'b', 'c', 'd', 'e', 'f']

/** A small server: the truth, and the events that telling it causes. */
class Server {
  rows = new Map<string, Conversation>()
  messages = new Map<string, Message[]>()
  seen = new Map<string, number>()
  clock = 0

  now() {
    this.clock += 1
    return new Date(Date.UTC(2026, 0, 1) + this.clock * 1_000).toISOString()
  }

  row(id: string): Conversation {
    return this.rows.get(id) ?? this.start(id)
  }

  mine = (row: Conversation): MyConversation => ({ ...row, seen_seq: this.seen.get(row.id) ?? 0 })

  start(id: string): Conversation {
    const at = this.now()
    const row: Conversation = {
      id,
      number: this.rows.size + 1,
      inbox_id: 'i',
      customer: { id: 'k', name: 'Kim', email: null, verified: false },
      subject: null,
      status: 'open',
      snoozed_until: null,
      assignee_id: null,
      team_id: null,
      tag_ids: [],
      priority: 'normal',
      handler: 'none',
      preview: '',
      preview_kind: 'customer',
      last_seq: 0,
      last_activity_at: at,
      waiting_since: null,
      created_at: at,
      resolved_at: null,
      customer_seen_seq: 0,
      topic: null,
      is_erased: false,
      version: 1,
    }
    this.rows.set(id, row)
    return row
  }

  change(id: string, name: string, change: Partial<Conversation>): ConversationEvent {
    const row = this.row(id)
    const next = { ...row, ...change, version: row.version + 1 }
    this.rows.set(id, next)
    return { type: 'event', cursor: `1-${this.clock}`, name, conversation: next }
  }

  say(id: string, kind: 'customer' | 'agent' | 'note', author: string | null): ConversationEvent {
    const row = this.row(id)
    const seq = row.last_seq + 1
    const at = this.now()
    const message: Message = {
      id: `${id}${seq}`,
      conversation_id: id,
      seq,
      kind: kind === 'note' ? 'note' : 'message',
      author: { kind: kind === 'note' ? 'agent' : kind, id: author, name: author ?? '' },
      body: `${seq}`,
      html: '',
      cards: [],
      attachments: [],
      answer_id: null,
      client_id: null,
      created_at: at,
    }
    this.messages.set(id, [...(this.messages.get(id) ?? []), message])
    if (kind !== 'customer' && author === me) this.seen.set(id, seq)
    const waiting = kind === 'customer' ? (row.waiting_since ?? at) : kind === 'agent' ? null : row.waiting_since
    return {
      ...this.change(id, 'conversations.message_added', {
        last_seq: seq,
        last_activity_at: at,
        preview: message.body,
        waiting_since: waiting,
        status: kind === 'customer' ? 'open' : row.status,
      }),
      message,
    }
  }

  read(id: string, agent: string): ConversationEvent {
    const row = this.row(id)
    if (agent === me) this.seen.set(id, row.last_seq)
    return {
      type: 'event',
      cursor: '1-1',
      name: 'conversations.seen',
      seen: { conversation_id: id, agent_id: agent, seq: row.last_seq },
    }
  }

  list(filter: ListFilter): MyConversation[] {
    return [...this.rows.values()]
      .filter((row) => matches(filter, row, me))
      .map(this.mine)
      .sort(compareIn(filter.sort))
  }

  fetch(filter: ListFilter, limit: number): ListData {
    const all = this.list(filter)
    const items = all.slice(0, limit)
    const last = items.at(-1)
    const more = all.length > limit && last !== undefined
    return {
      pages: [{ items, next: more ? 'more' : null, floor: more ? placeOf(last, filter.sort) : null }],
      pageParams: [null],
    }
  }

  thread(id: string): ThreadData {
    return { pages: [{ items: this.messages.get(id) ?? [], next: null }], pageParams: [0] }
  }
}

type Step = (server: Server) => ConversationEvent

const id = fc.constantFrom(...ids)
const steps: Record<string, fc.Arbitrary<Step>> = {
  'conversations.started': id.map((each) => (server) => {
    const row = server.row(each)
    return { type: 'event', cursor: '1-1', name: 'conversations.started', conversation: row }
  }),
  'conversations.message_added': fc
    .tuple(id, fc.constantFrom('customer', 'agent', 'note'), fc.constantFrom(me, 'other'))
    .map(
      ([each, kind, author]) =>
        (server) =>
          server.say(each, kind as 'customer', kind === 'customer' ? null : author),
    ),
  'conversations.assigned': fc.tuple(id, fc.constantFrom(...agents)).map(
    ([each, to]) =>
      (server) =>
        server.change(each, 'conversations.assigned', { assignee_id: to }),
  ),
  'conversations.status_changed': fc.tuple(id, fc.constantFrom('open', 'pending', 'snoozed', 'resolved')).map(
    ([each, status]) =>
      (server) =>
        server.change(each, 'conversations.status_changed', {
          status: status as 'open',
          ...(status === 'resolved' ? { waiting_since: null } : {}),
        }),
  ),
  'conversations.tagged': fc.tuple(id, fc.subarray(tags)).map(
    ([each, tagged]) =>
      (server) =>
        server.change(each, 'conversations.tagged', { tag_ids: tagged }),
  ),
  'conversations.prioritised': id.map(
    (each) => (server) => server.change(each, 'conversations.prioritised', { priority: 'urgent' }),
  ),
  'conversations.handler_changed': fc.tuple(id, fc.constantFrom('assistant', 'agent', 'none')).map(
    ([each, handler]) =>
      (server) =>
        server.change(each, 'conversations.handler_changed', { handler: handler as 'agent' }),
  ),
  'conversations.classified': id.map(
    (each) => (server) => server.change(each, 'conversations.classified', { topic: 'returns' }),
  ),
  'conversations.moved': id.map(
    (each) => (server) =>
      server.change(each, 'conversations.moved', {
        customer: { id: 'other', name: 'Ola', email: 'ola@example.org', verified: true },
      }),
  ),
  'conversations.customer_seen': id.map(
    (each) => (server) =>
      server.change(each, 'conversations.customer_seen', { customer_seen_seq: server.row(each).last_seq }),
  ),
  'conversations.seen': fc.tuple(id, fc.constantFrom(me, 'other')).map(
    ([each, agent]) =>
      (server) =>
        server.read(each, agent),
  ),
}

const filters = fc.record(
  {
    view: fc.constantFrom('mine', 'unassigned', 'all', 'snoozed', 'resolved'),
    sort: fc.constantFrom('recent', 'waiting'),
    tag_id: fc.constantFrom(...tags),
    assignee_id: fc.constantFrom(me, 'other'),
  },
  { requiredKeys: ['view', 'sort'] },
) as fc.Arbitrary<ListFilter>

/** What the page does with an event, with a row it has never seen fetched. */
function applyToList(data: ListData, filter: ListFilter, event: ConversationEvent, server: Server): ListData {
  const id = event.conversation?.id ?? event.seen?.conversation_id
  if (!id) return data
  const base = rowIn(data, id) ?? server.mine(server.row(id))
  return placeInList(data, filter, applyToConversation(base, event, me), me)
}

function expectSameThread(threads: Map<string, ThreadData>, message: Message, server: Server) {
  const thread = threads.get(message.conversation_id)
  const next = thread && placeInThread(thread, message)
  expect(next && messagesOf(next)).toEqual(messagesOf(server.thread(message.conversation_id)))
}

const rowsOf = (data: ListData) => data.pages.flatMap((page) => page.items)

describe('events applied to stale state equal a fresh fetch', () => {
  const everyKind = fc.oneof(...Object.values(steps))

  for (const [name, step] of Object.entries(steps)) {
    it(`for ${name}, in every list`, () => {
      fc.assert(
        fc.property(
          fc.array(everyKind, { maxLength: 12 }),
          filters,
          fc.integer({ min: 1, max: 4 }),
          step,
          (past, filter, limit, last) => {
            const server = new Server()
            for (const each of past) each(server)
            const stale = server.fetch(filter, limit)
            const after = applyToList(stale, filter, last(server), server)
            const shown = rowsOf(after)
            const floor = stale.pages[0]?.floor
            expect(shown).toEqual(server.list(filter).slice(0, shown.length))
            if (!floor) expect(shown).toHaveLength(server.list(filter).length)
          },
        ),
      )
    })

    it(`for ${name}, in the open conversation and its thread`, () => {
      fc.assert(
        fc.property(fc.array(everyKind, { maxLength: 12 }), step, (past, last) => {
          const server = new Server()
          for (const each of ids) server.row(each)
          for (const each of past) each(server)
          const before = new Map(ids.map((each) => [each, server.mine(server.row(each))]))
          const threads = new Map(ids.map((each) => [each, server.thread(each)]))
          const event = last(server)
          const after = ids.map((each) => applyToConversation(before.get(each) as MyConversation, event, me))
          expect(after).toEqual(ids.map((each) => server.mine(server.row(each))))
          if (event.message) expectSameThread(threads, event.message, server)
        }),
      )
    })
  }

  it('for any sequence, repeated and with late repeats of old events', () => {
    fc.assert(
      fc.property(fc.array(everyKind, { minLength: 1, maxLength: 30 }), filters, fc.nat(), (sequence, filter, pick) => {
        const server = new Server()
        let list = server.fetch(filter, 100)
        const told: ConversationEvent[] = []
        for (const step of sequence) {
          const event = step(server)
          told.push(event)
          list = applyToList(list, filter, event, server)
          list = applyToList(list, filter, event, server)
        }
        const old = told[pick % told.length]
        if (old) list = applyToList(list, filter, old, server)
        expect(rowsOf(list)).toEqual(server.list(filter))
      }),
    )
  })
})

describe('a thread', () => {
  it('asks for a fresh fetch when a message is missing before the new one', () => {
    const server = new Server()
    server.say('a', 'customer', null)
    const stale = server.thread('a')
    server.say('a', 'agent', me)
    const event = server.say('a', 'customer', null)
    expect(event.message && placeInThread(stale, event.message)).toBeNull()
  })
})
