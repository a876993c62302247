import { pollTransport } from './poll'
import { streamTransport } from './stream'
import type { Transport } from './transport'
import { webSocketTransport } from './websocket'

/**
 * The three ways to one realtime endpoint, best first.
 *
 * `path` is absolute on `origin` (`/v1/realtime`); `query` is asked anew for each attempt (`token=…`, or empty).
 */
export function transportsAt(origin: string, path: string, query: () => string = () => ''): Transport[] {
  const at = (suffix: string) => () => {
    const parameters = query()
    return `${origin}${path}${suffix}${parameters ? `?${parameters}` : ''}`
  }
  const socket = at('')
  return [
    webSocketTransport(() => socket().replace(/^http/, 'ws')),
    streamTransport(at('/stream')),
    pollTransport(at('/poll')),
  ]
}
