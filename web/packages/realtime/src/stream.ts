import { parseFrame } from './frames'
import type { Hello, Transport } from './transport'

/** `url` with the cursor and topics of `hello`, as the two read-only transports pass them. */
export function withHello(url: string, hello: Hello): string {
  const parameters = new URLSearchParams()
  if (hello.cursor) parameters.set('cursor', hello.cursor)
  if (hello.topics.length) parameters.set('topics', hello.topics.join(','))
  const query = parameters.toString()
  return query ? `${url}${url.includes('?') ? '&' : '?'}${query}` : url
}

/** Server-sent events at `url()`. The browser's own retry is not used: the client keeps the cursor and the patience. */
export function streamTransport(url: () => string): Transport {
  return {
    name: 'stream',
    open(hello, handlers) {
      if (typeof EventSource === 'undefined') {
        queueMicrotask(() => handlers.closed(false))
        return { send: () => false, close: () => undefined }
      }
      const source = new EventSource(withHello(url(), hello), { withCredentials: false })
      source.onmessage = (message) => {
        const frame = parseFrame(String(message.data))
        if (frame) handlers.frame(frame)
      }
      source.onerror = () => {
        source.close()
        handlers.closed(false)
      }
      return { send: () => false, close: () => source.close() }
    },
  }
}
