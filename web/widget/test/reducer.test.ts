import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { merge, reduce, upsert } from '../src/frame/state/reducer'
import { agentOf, isAnswered, lastRead, ordered, unread } from '../src/frame/state/select'
import { emptyThread, type State } from '../src/frame/state/state'
import { make } from './make'

const withThread = (seqs: number[], values: Partial<State> = {}): State =>
  make.state({
    conversations: { c1: make.conversation({ last_seq: Math.max(0, ...seqs) }) },
    threads: {
      c1: {
        messages: seqs.map((seq) => make.message(seq)),
        isLoaded: true,
        isLoading: false,
        hasEarlier: false,
        hasFailed: false,
      },
    },
    ...values,
  })

describe('messages', () => {
  it('stand once and in order, in whatever order and however often they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 })), (seqs) => {
        const messages = seqs.map((seq) => make.message(seq)).reduce(upsert, [])
        expect(messages.map((m) => m.seq)).toEqual([...new Set(seqs)].sort((a, b) => a - b))
      }),
    )
  })

  it('that come while a page of older ones is on its way are kept', () => {
    const loading = make.state({ threads: { c1: { ...emptyThread, isLoading: true } } })
    const early = reduce(loading, { type: 'event', message: make.message(5) })
    const page = [1, 2, 4].map((seq) => make.message(seq))
    const loaded = reduce(early, { type: 'thread-loaded', id: 'c1', part: 'newest', hasEarlier: false, messages: page })
    expect(loaded.threads.c1?.messages.map((m) => m.seq)).toEqual([1, 2, 4, 5])
  })

  it('end what was typed before them', () => {
    const typing = { c1: { name: 'Maya', kind: 'agent' as const, until: 9 } }
    const mine = make.message(2, { author: { kind: 'me', name: '' } })
    expect(reduce(withThread([1], { typing }), { type: 'event', message: mine }).typing).toEqual(typing)
    expect(reduce(withThread([1], { typing }), { type: 'event', message: make.message(2) }).typing).toEqual({})
  })

  it('take the place of the waiting message with their client id', () => {
    const state = withThread([1], { outbox: [make.pending('a'), make.pending('b')] })
    const next = reduce(state, { type: 'event', message: make.message(2, { client_id: 'a' }) })
    expect(next.outbox.map((m) => m.client_id)).toEqual(['b'])
  })

  it('of mine mark everything before them as seen', () => {
    const state = make.state({ conversations: { c1: make.conversation({ last_seq: 4, seen_seq: 1 }) } })
    const mine = make.message(4, { author: { kind: 'me', name: '' } })
    expect(unread(reduce(state, { type: 'event', message: mine }))).toBe(0)
  })
})

describe('a conversation', () => {
  it('never becomes older or less seen, whatever comes late', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), { minLength: 1 }), (pictures) => {
        const rows = pictures.map(([last_seq, seen_seq, agent_seen_seq]) =>
          make.conversation({ last_seq, seen_seq, agent_seen_seq }),
        )
        const merged = rows.slice(1).reduce(merge, rows[0] as (typeof rows)[0])
        expect(merged.last_seq).toBe(Math.max(...rows.map((r) => r.last_seq)))
        expect(merged.seen_seq).toBe(Math.max(...rows.map((r) => r.seen_seq)))
        expect(merged.agent_seen_seq).toBe(Math.max(...rows.map((r) => r.agent_seen_seq)))
      }),
    )
  })

  it('begun here keeps the screen when it gets its real id', () => {
    const state = make.state({
      view: { name: 'conversation', id: 'new:1' },
      outbox: [make.pending('b', { conversation_id: 'new:1' })],
    })
    const next = reduce(state, { type: 'begun', local: 'new:1', id: 'c1' })
    expect(next.view).toEqual({ name: 'conversation', id: 'c1', key: 'new:1' })
    expect(next.outbox[0]?.conversation_id).toBe('c1')
  })

  it('of another visitor is gone when somebody else is recognised, and stays when it is the same', () => {
    const visitor = { id: 'v1', name: null, email: null, verified: false }
    const before = { ...withThread([1]), visitor, view: { name: 'conversation', id: 'c1' } as const }
    const same = reduce(before, { type: 'session', visitor, conversations: [make.conversation()] })
    expect(same.threads.c1?.messages).toHaveLength(1)
    const other = reduce(before, { type: 'session', visitor: { ...visitor, id: 'v2' }, conversations: [] })
    expect([other.threads, other.conversations, other.view]).toEqual([{}, {}, { name: 'home' }])
  })

  it('of another visitor is gone after signing out', () => {
    const next = reduce(withThread([1]), { type: 'signed-out' })
    expect([next.conversations, next.threads, next.visitor]).toEqual([{}, {}, null])
  })
})

describe('the selections', () => {
  it('count unread messages and order by activity', () => {
    const state = make.state({
      conversations: {
        a: make.conversation({ id: 'a', last_seq: 5, seen_seq: 3, last_activity_at: '2026-03-01T10:00:00Z' }),
        b: make.conversation({ id: 'b', last_seq: 2, seen_seq: 2, last_activity_at: '2026-03-02T10:00:00Z' }),
      },
    })
    expect(unread(state)).toBe(2)
    expect(ordered(state).map((c) => c.id)).toEqual(['b', 'a'])
  })

  it('name the agent in charge, or the last one who wrote', () => {
    const state = withThread([1, 2])
    expect(agentOf(state, 'c1')).toBe('Maya')
    const assigned = { c1: make.conversation({ assignee: { name: 'Jonas' } }) }
    expect(agentOf({ ...state, conversations: assigned }, 'c1')).toBe('Jonas')
  })

  it('say "Seen" at my last read message until there is an answer', () => {
    const mine = (seq: number) => make.message(seq, { author: { kind: 'me', name: '' } })
    expect(lastRead([mine(1), mine(2), mine(3)], 2)?.seq).toBe(2)
    expect(isAnswered([mine(1), make.message(2)])).toBe(true)
    expect(isAnswered([mine(1), make.message(2, { author: { kind: 'system', name: '' } })])).toBe(false)
  })
})
