import type { Message } from '@rapport/client'
import { beforeEach, expect, it } from 'vitest'
import type { Delivery } from '../../../queries/mail'
import type { Outgoing } from '../composer/outbox'
import { type Beside, entriesOf } from './entries'

const nothing: Beside = { outgoing: [], held: [], mails: new Map(), deliveries: new Map(), seenSeq: 0 }

const message = (seq: number, client_id: string | null = null) =>
  ({
    id: `m${seq}`,
    seq,
    client_id,
    kind: 'message',
    author: { kind: 'agent', id: 'me', name: 'Me' },
    created_at: '2026-05-01T10:00:00Z',
  }) as Message

const outgoing = (client_id: string) => ({ client_id }) as Outgoing
const held = (client_id: string) => ({ id: 'd1', client_id, state: 'held' }) as Delivery

const keysOf = (beside: Partial<Beside>, messages: Message[] = []) =>
  entriesOf(messages, { ...nothing, ...beside })
    .filter((entry) => entry.kind !== 'day')
    .map((entry) => `${entry.kind} ${entry.key}`)

beforeEach(() => localStorage.clear())

it('shows a mail once on its way: in the outbox, then held, then as a message', () => {
  expect(keysOf({ outgoing: [outgoing('w1')] })).toEqual(['outgoing w1'])

  expect(keysOf({ outgoing: [outgoing('w1')], held: [held('w1')] })).toEqual(['held w1'])

  expect(keysOf({ held: [held('w1')] }, [message(1, 'w1')])).toEqual(['message w1'])
})

it('puts what a colleague has on its way before what only this browser has', () => {
  expect(keysOf({ outgoing: [outgoing('w1')], held: [held('w2')] })).toEqual(['held w2', 'outgoing w1'])
})

it('puts what is known of a mail beside its message', () => {
  const delivery = { ...held('w1'), seq: 2, state: 'sent' } as Delivery
  const entry = entriesOf([message(2)], { ...nothing, deliveries: new Map([[2, delivery]]) })[1]
  expect(entry).toMatchObject({ kind: 'message', delivery: { state: 'sent' } })
})
