import type { Intent, Reading, TriageModelRow } from '@rapport/client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type Frame, onFrame, useTopic } from '../lib/realtime'
import { keys } from './keys'
import { type Listed, withRow } from './listed'

/** What `conversation:<id>` and `workspace` tell of readings, intents and models. */
export interface TriageFrame {
  reading?: Reading
  intent?: Intent
  triage_model?: TriageModelRow
}

/** Readings with one at its place, once, the latest message first. */
export const placeReading = (known: Reading[], reading: Reading): Reading[] =>
  [...known.filter((each) => each.message_id !== reading.message_id), reading].sort((a, b) => b.seq - a.seq)

/** Keep what the cache holds of triage as the server has it. */
export function hearOfTriage(queries: QueryClient, { reading, intent, triage_model: model }: TriageFrame) {
  if (reading) {
    const key = keys.conversations.readings(reading.conversation_id)
    queries.setQueryData<Reading[]>(key, (known) => known && placeReading(known, reading))
  }
  if (intent) void queries.invalidateQueries({ queryKey: keys.triage.intents })
  if (model) {
    queries.setQueryData<Listed<TriageModelRow>>(keys.triage.models, (known) => known && withRow(known, model))
    if (model.state !== 'training') void queries.invalidateQueries({ queryKey: keys.triage.model(model.id) })
  }
}

/** Follow intents and models while a page about them is shown. */
export function useLiveTriage() {
  const queries = useQueryClient()
  useTopic('workspace')
  useEffect(
    () =>
      onFrame((frame: Frame) => {
        if (frame.type === 'event') hearOfTriage(queries, frame as TriageFrame)
        else if (frame.type === 'reset') void queries.invalidateQueries({ queryKey: keys.triage.all })
      }),
    [queries],
  )
}
