import {
  browserSurroundings,
  type ConnectionState,
  Realtime,
  type RealtimeOptions,
  systemClock,
  transportsAt,
} from '@rapport/realtime'
import { useEffect } from 'react'
import { createStore, useStore } from './store'

export type Frame = Parameters<RealtimeOptions['onFrame']>[0]
type Listener = (frame: Frame) => void

const listeners = new Set<Listener>()
const connection = createStore<ConnectionState>('stopped')
let realtime: Realtime | null = null

/** Hear every frame of the connection until the returned function is called. */
export const onFrame = (listener: Listener) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Hand a frame to everybody who listens. The connection does it, and tests. */
export const deliver = (frame: Frame) => {
  for (const listener of listeners) listener(frame)
}

/** The one connection of this page; made when first needed. */
export function getRealtime(): Realtime {
  realtime ??= new Realtime({
    transports: transportsAt(window.location.origin, '/v1/realtime'),
    clock: systemClock,
    surroundings: browserSurroundings,
    onFrame: deliver,
    onState: connection.set,
  })
  return realtime
}

/** Have `run` called when the connection hears everything for the first time. */
export function onFirstLive(run: () => void) {
  const stop = connection.subscribe(() => {
    if (connection.get() !== 'live') return
    stop()
    run()
  })
}

export const useConnection = () => useStore(connection)

/** Hear of a topic while the component is shown. */
export function useTopic(topic: string) {
  useEffect(() => getRealtime().subscribe([topic]), [topic])
}
