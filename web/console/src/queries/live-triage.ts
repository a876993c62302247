import type { Intent, Page, Reading, TriageModelRow } from '@rapport/client'
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type Frame, onFrame, useTopic } from '../lib/realtime'
import { keys } from './keys'

export type ModelsData = InfiniteData<Page<TriageModelRow>, unknown>

/** What `conversation:<id>` and `workspace` tell of readings, intents and models. */
export interface TriageFrame {
  reading?: Reading
  intent?: Intent
  triage_model?: TriageModelRow
}

/** Readings with one at its place, once, the latest message first. */
export const placeReading = (known: Reading[], reading: Reading): Reading[] =>
  [...known.filter((each) => each.message_id !== reading.message_id), reading].sort((a, b) => b.seq - a.seq)

/** Models with one as it is now; one that nobody knew is the latest. */
export function placeModel(data: ModelsData, row: TriageModelRow): ModelsData {
  const isKnown = data.pages.some(({ items }) => items.some(({ id }) => id === row.id))
  const pages = data.pages.map((page, index) => ({
    ...page,
    items: isKnown
      ? page.items.map((each) => (each.id === row.id ? row : each))
      : index === 0
        ? [row, ...page.items]
        : page.items,
  }))
  return { ...data, pages }
}

/** Keep what the cache holds of triage as the server has it. */
export function hearOfTriage(queries: QueryClient, { reading, intent, triage_model: model }: TriageFrame) {
  if (reading) {
    const key = keys.conversations.readings(reading.conversation_id)
    queries.setQueryData<Reading[]>(key, (known) => known && placeReading(known, reading))
  }
  if (intent) void queries.invalidateQueries({ queryKey: keys.triage.intents })
  if (model) {
    queries.setQueryData<ModelsData>(keys.triage.models, (known) => known && placeModel(known, model))
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
