import type { Cursor, EventFrame } from './frames'
import { withHello } from './stream'
import type { Handlers, Hello, Transport } from './transport'

interface Answer {
  cursor: Cursor
  reset: boolean
  events: Omit<EventFrame, 'type'>[]
}

const timeoutS = 25

async function once(url: string, hello: Hello, signal: AbortSignal): Promise<Answer | 'refused' | null> {
  try {
    const address = withHello(url, hello)
    const response = await fetch(`${address}${address.includes('?') ? '&' : '?'}timeout_s=${timeoutS}`, {
      signal,
      cache: 'no-store',
    })
    if (response.status === 401 || response.status === 403) return 'refused'
    return response.ok ? ((await response.json()) as Answer) : null
  } catch {
    return null
  }
}

function pass(answer: Answer, handlers: Handlers): void {
  if (answer.reset) handlers.frame({ type: 'reset', cursor: answer.cursor })
  for (const event of answer.events) handlers.frame({ ...event, type: 'event' } as EventFrame)
  // An answer is whole by nature: what a heartbeat proves of a socket is always true of it.
  handlers.frame({ type: 'heartbeat', cursor: answer.cursor, count: -1 })
}

async function follow(url: () => string, hello: Hello, handlers: Handlers, signal: AbortSignal): Promise<void> {
  let { cursor } = hello
  for (let isFirst = true; ; isFirst = false) {
    const answer = await once(url(), { cursor, topics: hello.topics }, signal)
    if (signal.aborted) return
    if (answer === null || answer === 'refused') {
      handlers.closed(answer === 'refused')
      return
    }
    if (isFirst) handlers.frame({ type: 'ready', cursor: cursor ?? answer.cursor })
    pass(answer, handlers)
    cursor = answer.cursor
  }
}

/** Long polling at `url()`: one question of up to 25 s after another. Works wherever HTTP does. */
export function pollTransport(url: () => string): Transport {
  return {
    name: 'poll',
    open(hello, handlers) {
      const stop = new AbortController()
      void follow(url, hello, handlers, stop.signal)
      return { send: () => false, close: () => stop.abort() }
    },
  }
}
