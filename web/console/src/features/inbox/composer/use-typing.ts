import { useCallback, useEffect, useRef } from 'react'
import { getRealtime } from '../../../lib/realtime'

const sayEveryMs = 3_000

/** Tell the others that I write; at most every 3 s, and that I stopped when I leave. */
export function useSayTyping(conversationId: string) {
  const last = useRef(0)
  const stop = useCallback(() => {
    if (last.current) getRealtime().typing(conversationId, false)
    last.current = 0
  }, [conversationId])
  const say = useCallback(
    (note: boolean) => {
      if (Date.now() - last.current < sayEveryMs) return
      last.current = Date.now()
      getRealtime().typing(conversationId, true, note)
    },
    [conversationId],
  )
  useEffect(() => stop, [stop])
  return { say, stop }
}
