import type { OwnTextRow, Website, WebsiteDetail } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { keys } from './keys'
import { hearOfSources } from './live-sources'

const website = (id: string, more: Partial<Website> = {}) =>
  ({ id, name: id, state: 'new', found: 0, done: 0, ...more }) as Website
const text = (id: string, kind: OwnTextRow['kind'], title = id) => ({ id, kind, title }) as OwnTextRow
const listed = <T>(...items: T[]) => ({ pages: [{ items, next: null }], pageParams: [null] })
const shown = (queries: QueryClient, key: readonly unknown[]) =>
  queries.getQueryData<ReturnType<typeof listed<{ id: string }>>>(key)?.pages[0]?.items.map(({ id }) => id)

it('shows how far a website is, at the place where it stands, and keeps what the event does not tell', () => {
  const queries = new QueryClient()
  queries.setQueryData(keys.sources.websites, listed(website('b'), website('a')))
  queries.setQueryData(keys.sources.website('a'), { ...website('a'), indexed: 7 })

  hearOfSources(queries, { name: 'knowledge.source_changed', source: website('a', { state: 'running', done: 10 }) })

  expect(shown(queries, keys.sources.websites)).toEqual(['b', 'a'])
  expect(queries.getQueryData<WebsiteDetail>(keys.sources.website('a'))).toMatchObject({ done: 10, indexed: 7 })
  expect(queries.getQueryState(keys.sources.website('a'))?.isInvalidated).toBe(true)
})

it('shows a new text first, in the lists that hold its kind and in no other', () => {
  const queries = new QueryClient()
  queries.setQueryData(keys.sources.texts(undefined), listed(text('x', 'file')))
  queries.setQueryData(keys.sources.texts('file'), listed(text('x', 'file')))
  queries.setQueryData(keys.sources.texts('snippet'), listed())

  hearOfSources(queries, { name: 'knowledge.document_changed', document: text('y', 'snippet') })

  expect(shown(queries, keys.sources.texts(undefined))).toEqual(['y', 'x'])
  expect(shown(queries, keys.sources.texts('file'))).toEqual(['x'])
  expect(shown(queries, keys.sources.texts('snippet'))).toEqual(['y'])
})

it('takes off the lists what was deleted, and hears nothing of articles', () => {
  const queries = new QueryClient()
  queries.setQueryData(keys.sources.websites, listed(website('b'), website('a')))
  queries.setQueryData(keys.sources.texts(undefined), listed(text('x', 'file')))

  hearOfSources(queries, { name: 'knowledge.article_deleted', deleted_id: 'a' })
  expect(shown(queries, keys.sources.websites)).toEqual(['b', 'a'])

  hearOfSources(queries, { name: 'knowledge.source_deleted', deleted_id: 'a' })
  hearOfSources(queries, { name: 'knowledge.document_deleted', deleted_id: 'x' })
  expect(shown(queries, keys.sources.websites)).toEqual(['b'])
  expect(shown(queries, keys.sources.texts(undefined))).toEqual([])
})
