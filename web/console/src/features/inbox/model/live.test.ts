// @vitest-environment happy-dom
import type { Conversation } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import type { Frame } from '../../../lib/realtime'
import type { ListFilter, ListPage } from '../../../queries/conversations'
import { keys } from '../../../queries/keys'
import type { Delivery, Mail } from '../../../queries/mail'
import { LiveCaches } from './live'
import { type MailsData, mailsBySeq } from './mail'
import type { ListData } from './reducer'

const { mails, deliveries, mailReply } = keys.conversations

const frame = (name: string, body: object) => ({ type: 'event', cursor: '1-1', name, ...body }) as unknown as Frame

const conversation = {
  id: 'c',
  status: 'open',
  version: 1,
  last_activity_at: '2026-05-01T10:00:00Z',
  customer: { id: 'u', name: '' },
} as Conversation

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

it('gives an answer what happened while it was on its way', async () => {
  const queries = new QueryClient()
  const live = new LiveCaches(queries)
  let answer = (_: ListPage) => {}
  const filter: ListFilter = { view: 'all', sort: 'recent' }
  const fetched = queries.fetchInfiniteQuery({
    queryKey: keys.conversations.list(filter),
    queryFn: () => new Promise<ListPage>((resolve) => (answer = resolve)),
    initialPageParam: null,
  })

  live.hear(frame('conversations.started', { conversation }))
  answer({ items: [], next: null, floor: null })
  await fetched

  const list = queries.getQueryData<ListData>(keys.conversations.list(filter))
  expect(list?.pages[0]?.items.map((each) => each.id)).toEqual(['c'])
})

it('asks again for what was fetched before it heard anything', () => {
  const queries = new QueryClient()
  queries.setQueryData<Delivery[]>(deliveries('c'), [])
  new LiveCaches(queries).begin()
  expect(queries.getQueryState(deliveries('c'))?.isInvalidated).toBe(true)
})

it('leaves what nobody has looked at to be fetched', () => {
  const queries = new QueryClient()
  new LiveCaches(queries).hear(frame('delivery.changed', { delivery: delivery('sent') }))
  expect(queries.getQueryData(deliveries('c'))).toBeUndefined()
})
