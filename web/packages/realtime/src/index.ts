/** The wire protocol's client half: events once each and in order, over WebSocket, server-sent events or polling. */
export { backoffMs } from './backoff'
export { type ConnectionState, Realtime, type RealtimeOptions } from './client'
export { browserSurroundings, type Clock, type Surroundings, systemClock } from './environment'
export {
  type ClientFrame,
  type Cursor,
  compareCursors,
  type EventFrame,
  type PresenceFrame,
  parseFrame,
  type ServerFrame,
  type TypingFrame,
} from './frames'
export { pollTransport } from './poll'
export { streamTransport } from './stream'
export type { Handlers, Hello, Link, Transport } from './transport'
export { transportsAt } from './transports'
export { webSocketTransport } from './websocket'
