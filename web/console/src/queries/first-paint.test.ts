// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { createQueryClient } from './client'
import { listQuery } from './conversations'
import { meQuery } from './me'

const script = readFileSync(`${import.meta.dirname}/../../public/first-paint.js`, 'utf8')

const answers: Record<string, unknown> = {
  '/v1/me': { user: { id: 'me' } },
  '/v1/conversations?view=mine&sort=recent&limit=25': { items: [], next: null },
}

afterEach(() => {
  globalThis.rapportAsked = undefined
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function openAt(path: string) {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (wanted: string | Request) => {
    const url = new URL(typeof wanted === 'string' ? wanted : wanted.url, 'http://localhost')
    asked.push(url.pathname + url.search)
    return Response.json(answers[url.pathname + url.search] ?? null)
  })
  window.history.replaceState(null, '', path)

  new Function(script)()
  return asked
}

test('the first rows are asked for before the program comes, and not again by it', async () => {
  vi.useFakeTimers()
  const asked = openAt('/inbox/mine')

  const queries = createQueryClient()
  await queries.fetchQuery(meQuery)
  await queries.fetchInfiniteQuery(listQuery({ view: 'mine', sort: 'recent' }))

  expect(asked).toEqual(Object.keys(answers))
})

test('an answer that nobody took soon is not shown later', async () => {
  vi.useFakeTimers()
  const asked = openAt('/inbox/mine')

  vi.advanceTimersByTime(10_000)
  await createQueryClient().fetchQuery(meQuery)

  expect(asked.filter((path) => path === '/v1/me')).toHaveLength(2)
})

test('nothing is asked for on other pages', () => {
  expect(openAt('/settings/people')).toEqual([])
})
