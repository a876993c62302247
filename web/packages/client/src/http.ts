import createClient from 'openapi-fetch'
import type { paths } from './schema'

declare global {
  /** Answers that a page asked for before its program had come, by path; each is taken once. */
  var rapportAsked: Map<string, Promise<Response>> | undefined
}

function asked(request: Request): Promise<Response> | undefined {
  if (!globalThis.rapportAsked?.size || request.method !== 'GET') return undefined
  const { pathname, search } = new URL(request.url)
  const answer = globalThis.rapportAsked.get(pathname + search)
  globalThis.rapportAsked.delete(pathname + search)
  return answer
}

/**
 * The Rapport API of the origin that served the page, with its session cookie.
 *
 * `fetch` is looked up on every call, so that a test can put its own in place.
 */
export const http = createClient<paths>({
  baseUrl: '/',
  credentials: 'same-origin',
  fetch: (request) => asked(request) ?? globalThis.fetch(request),
})
