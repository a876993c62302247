import { parseFrame } from './frames'
import type { Transport } from './transport'

/** Close codes that mean "you may not": policy violation, and our 4401 and 4403. */
const refusals = new Set([1008, 4401, 4403])

/** WebSocket at `url()`, asked anew for each attempt because tokens change. */
export function webSocketTransport(url: () => string): Transport {
  return {
    name: 'websocket',
    open(hello, handlers) {
      let silent = false
      const closed = (refused: boolean): void => {
        if (silent) return
        silent = true
        handlers.closed(refused)
      }
      let socket: WebSocket
      try {
        socket = new WebSocket(url())
      } catch {
        queueMicrotask(() => closed(false))
        return { send: () => false, close: () => (silent = true) }
      }
      socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', ...hello }))
      socket.onmessage = (message) => {
        const frame = silent ? null : parseFrame(String(message.data))
        if (frame) handlers.frame(frame)
      }
      socket.onclose = (event) => closed(refusals.has(event.code))
      return {
        send(frame) {
          if (silent || socket.readyState !== WebSocket.OPEN) return false
          socket.send(JSON.stringify(frame))
          return true
        },
        close() {
          silent = true
          socket.close(1000)
        },
      }
    },
  }
}
