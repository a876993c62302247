// @vitest-environment happy-dom
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import type { Frame } from '../../../lib/realtime'
import { keys } from '../../../queries/keys'
import type { Delivery, Mail } from '../../../queries/mail'
import { LiveCaches } from './live'
import { type MailsData, mailsBySeq } from './mail'

const { mails, deliveries, mailReply } = keys.conversations

const frame = (name: string, body: object) => ({ type: 'event', cursor: '1-1', name, ...body }) as unknown as Frame

const delivery = (state: string) =>
  ({ id: 'd1', conversation_id: 'c', state, created_at: '2026-05-01T10:00:00Z' }) as Delivery

it('shows how a mail fares, and what is known beside one, the moment it is told', () => {
  const queries = new QueryClient()
  queries.setQueryData<Delivery[]>(deliveries('c'), [delivery('held')])
  queries.setQueryData<MailsData>(mails('c'), { pages: [{ items: [], next: null }], pageParams: [0] })
  queries.setQueryData(mailReply('c'), {})
  const live = new LiveCaches(queries)

  live.hear(frame('delivery.changed', { delivery: delivery('queued') }))
  live.hear(frame('email.detailed', { mail: { conversation_id: 'c', seq: 3, subject: 'Hello' } as Mail }))

  expect(queries.getQueryData<Delivery[]>(deliveries('c'))?.map((each) => each.state)).toEqual(['queued'])
  expect(mailsBySeq(queries.getQueryData(mails('c'))).get(3)?.subject).toBe('Hello')
  expect(queries.getQueryState(mailReply('c'))?.isInvalidated).toBe(true)
})

it('leaves what nobody has looked at to be fetched', () => {
  const queries = new QueryClient()
  new LiveCaches(queries).hear(frame('delivery.changed', { delivery: delivery('sent') }))
  expect(queries.getQueryData(deliveries('c'))).toBeUndefined()
})
