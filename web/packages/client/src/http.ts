import createClient from 'openapi-fetch'
import type { paths } from './schema'

/**
 * The Rapport API of the origin that served the page, with its session cookie.
 *
 * `fetch` is looked up on every call, so that a test can put its own in place.
 */
export const http = createClient<paths>({
  baseUrl: '/',
  credentials: 'same-origin',
  fetch: (request) => globalThis.fetch(request),
})
