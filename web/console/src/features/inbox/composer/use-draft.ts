import { http, type Id, unwrap } from '@rapport/client'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { recall, store } from '../../../lib/use-remembered'
import { draftQuery } from '../../../queries/conversations'
import { keys } from '../../../queries/keys'

interface Draft {
  body: string
  kind: 'message' | 'note'
}

const saveAfterMs = 800
const empty: Draft = { body: '', kind: 'message' }
const path = (id: Id) => ({ params: { path: { conversation_id: id } } })

const save = (id: Id, draft: Draft) =>
  draft.body.trim()
    ? unwrap<unknown>(http.PUT('/v1/conversations/{conversation_id}/draft', { ...path(id), body: draft }))
    : unwrap<unknown>(http.DELETE('/v1/conversations/{conversation_id}/draft', path(id)))

/**
 * What the person is writing in a conversation: here at once, in the browser at once, on the server soon.
 *
 * A draft from another device appears when nothing has been written here. `state` says whether the server has it.
 */
export function useDraft(id: Id) {
  const queries = useQueryClient()
  const [draft, setDraft] = useState<Draft>(() => recall(`draft.${id}`, empty))
  const [state, setState] = useState<'clean' | 'saving' | 'saved' | 'local'>('clean')
  const touched = useRef(draft.body !== '')
  const latest = useRef(draft)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  useEffect(() => {
    let gone = false
    queries
      .fetchQuery({ ...draftQuery(id), staleTime: 0 })
      .then((stored) => {
        if (gone || touched.current || !stored) return
        latest.current = { body: stored.body, kind: stored.kind }
        setDraft(latest.current)
      })
      .catch(() => {})
    return () => {
      gone = true
    }
  }, [id, queries])

  const flush = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
    const current = latest.current
    save(id, current).then(
      () => {
        queries.setQueryData(keys.conversations.draft(id), current.body.trim() ? current : null)
        if (latest.current === current) setState(current.body.trim() ? 'saved' : 'clean')
      },
      () => setState(current.body.trim() ? 'local' : 'clean'),
    )
  }, [id, queries])

  useEffect(
    () => () => {
      if (timer.current) flush()
    },
    [flush],
  )

  const change = useCallback(
    (next: Partial<Draft>) => {
      touched.current = true
      latest.current = { ...latest.current, ...next }
      setDraft(latest.current)
      store(`draft.${id}`, latest.current)
      setState('saving')
      clearTimeout(timer.current)
      timer.current = setTimeout(flush, saveAfterMs)
    },
    [id, flush],
  )

  const clear = useCallback(() => {
    latest.current = { ...latest.current, body: '' }
    setDraft(latest.current)
    store(`draft.${id}`, latest.current)
    flush()
  }, [id, flush])

  return { draft, change, clear, state }
}
