import type { Id, Page, Queued } from '@rapport/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sayFailed } from '../../../../lib/say-failed'
import { keys } from '../../../../queries/keys'
import { type Label, labelMessage } from '../../../../queries/triage'

/** A message may be about so many things at most. */
export const mostIntents = 5
/** With so few left, more are fetched. */
const few = 5

/** A message with what was said of it. */
interface Answered {
  item: Queued
  label: Label
}

/** One after the other: what to say of the message at hand, and the way back to the last. */
export function useLabelling(items: Queued[]) {
  const queries = useQueryClient()
  const [past, setPast] = useState<Answered[]>([])
  const [again, setAgain] = useState<Answered | null>(null)
  const [chosen, setChosen] = useState<Id[]>([])
  const done = new Set(past.map(({ item }) => item.message_id))
  const left = items.filter(({ message_id }) => !done.has(message_id))
  const current = again?.item ?? left[0]
  const send = useMutation({
    mutationFn: labelMessage,
    scope: { id: 'labels' }, // in order, so that the last word about a message counts
    onError: (error, { id }) => {
      sayFailed(error)
      setPast((all) => all.filter(({ item }) => item.message_id !== id))
    },
    onSuccess: () => {
      const known = queries.getQueryData<Page<Queued>>(keys.triage.queue)
      if (left.length <= few && known?.next) void queries.invalidateQueries({ queryKey: keys.triage.queue })
    },
  })
  const say = (part: Pick<Label, 'intent_ids' | 'is_skipped'>) => {
    if (!current) return
    const label = { id: current.message_id, ...part }
    setPast((all) => [...all.filter(({ item }) => item !== current), { item: current, label }])
    setAgain(null)
    setChosen([])
    send.mutate(label)
  }
  return {
    current,
    chosen,
    /** What was said of the message at hand before, when it is looked at again. */
    before: again?.label ?? null,
    count: past.filter(({ label }) => !label.is_skipped).length,
    canGoBack: past.length > 0 && again === null,
    toggle: (id: Id) =>
      setChosen((all) => (all.includes(id) ? all.filter((each) => each !== id) : [...all, id].slice(-mostIntents))),
    save: () => chosen.length > 0 && say({ intent_ids: chosen, is_skipped: false }),
    nowhere: () => say({ intent_ids: [], is_skipped: false }),
    skip: () => say({ intent_ids: [], is_skipped: true }),
    goBack: () => {
      const last = past.at(-1)
      if (!last || again) return
      setAgain(last)
      setChosen(last.label.intent_ids)
    },
  }
}

export type Labelling = ReturnType<typeof useLabelling>
