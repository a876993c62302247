import { http, type MyConversation, unwrap } from '@rapport/client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { liveCaches } from '../model/live'

/** What is on the screen of a visible page counts as read. */
export function useSeen(conversation: MyConversation | undefined) {
  const queries = useQueryClient()
  const seq = conversation?.last_seq ?? 0
  const isUnread = conversation !== undefined && seq > conversation.seen_seq
  useEffect(() => {
    if (!conversation || !isUnread) return
    const read = () => {
      if (document.visibilityState !== 'visible') return
      liveCaches(queries).put({ ...conversation, seen_seq: seq })
      unwrap<unknown>(
        http.PUT('/v1/conversations/{conversation_id}/seen', {
          params: { path: { conversation_id: conversation.id } },
          body: { seq },
        }),
      ).catch(() => {
        // Reading is no act that deserves an error; the next look says it again.
      })
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [conversation, isUnread, seq, queries])
}
