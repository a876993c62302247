import {
  http,
  type Id,
  type Intent,
  type IntentExample,
  type IntentIn,
  type IntentPatch,
  type IntentRow,
  type Page,
  type Queued,
  type Reading,
  type ReadingCorrection,
  type TriageModel,
  type TriageModelRow,
  type TriageTraining,
  unwrap,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query'
import { keys } from './keys'
import { byId } from './people'

const cursorOf = (cursor: string | null) => (cursor ? { cursor } : {})
const at = (intent_id: Id) => ({ params: { path: { intent_id } } })
const model = (model_id: Id) => ({ params: { path: { model_id } } })

/** What was read in the last messages of a conversation, the latest first. */
export const readingsQuery = (conversationId: Id) =>
  queryOptions({
    queryKey: keys.conversations.readings(conversationId),
    queryFn: () =>
      unwrap<Page<Reading>>(
        http.GET('/v1/conversations/{conversation_id}/readings', {
          params: { path: { conversation_id: conversationId } },
        }),
      ).then((page) => page.items),
  })

export const correctReading = ({ id, ...body }: { id: Id } & ReadingCorrection) =>
  unwrap<Reading>(http.POST('/v1/messages/{message_id}/correction', { params: { path: { message_id: id } }, body }))

/** What messages may be about, by name; archived ones are last. */
export const intentsQuery = queryOptions({
  queryKey: keys.triage.intents,
  queryFn: () => unwrap<IntentRow[]>(http.GET('/v1/triage/intents')),
})

export const useIntentsById = () =>
  useQuery({ ...intentsQuery, select: byId<IntentRow> }).data ?? new Map<string, IntentRow>()

export const isOffered = ({ archived_at }: Pick<Intent, 'archived_at'>) => archived_at === null

export const saveIntent = ({ id, ...body }: { id: Id | null } & IntentIn) =>
  unwrap<Intent>(
    id ? http.PATCH('/v1/triage/intents/{intent_id}', { ...at(id), body }) : http.POST('/v1/triage/intents', { body }),
  )

export const changeIntent = ({ id, ...body }: { id: Id } & IntentPatch) =>
  unwrap<Intent>(http.PATCH('/v1/triage/intents/{intent_id}', { ...at(id), body }))

export const archiveIntent = (id: Id) => unwrap<unknown>(http.DELETE('/v1/triage/intents/{intent_id}', at(id)))

export const examplesQuery = (intentId: Id) =>
  infiniteQueryOptions({
    queryKey: keys.triage.examples(intentId),
    queryFn: ({ pageParam, signal }) =>
      unwrap<Page<IntentExample>>(
        http.GET('/v1/triage/intents/{intent_id}/examples', {
          params: { path: { intent_id: intentId }, query: cursorOf(pageParam) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const typeExamples = ({ id, examples }: { id: Id; examples: string[] }) =>
  unwrap<Page<IntentExample>>(http.POST('/v1/triage/intents/{intent_id}/examples', { ...at(id), body: { examples } }))

export const removeExample = ({ id, exampleId }: { id: Id; exampleId: Id }) =>
  unwrap<unknown>(
    http.DELETE('/v1/triage/intents/{intent_id}/examples/{example_id}', {
      params: { path: { intent_id: id, example_id: exampleId } },
    }),
  )

/** The messages of which a label would teach most. What is labelled leaves the list, so it has no second page. */
export const queueQuery = queryOptions({
  queryKey: keys.triage.queue,
  queryFn: () => unwrap<Page<Queued>>(http.GET('/v1/triage/queue')),
  staleTime: 0,
})

export interface Label {
  id: Id
  intent_ids: Id[]
  is_skipped: boolean
}

export const labelMessage = ({ id, ...body }: Label) =>
  unwrap<unknown>(http.POST('/v1/triage/queue/{message_id}', { params: { path: { message_id: id } }, body }))

export const modelsQuery = infiniteQueryOptions({
  queryKey: keys.triage.models,
  queryFn: ({ pageParam, signal }) =>
    unwrap<Page<TriageModelRow>>(http.GET('/v1/triage/models', { params: { query: cursorOf(pageParam) }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

export const modelQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.triage.model(id),
    queryFn: () => unwrap<TriageModel>(http.GET('/v1/triage/models/{model_id}', model(id))),
  })

export const trainModel = () => unwrap<TriageModel>(http.POST('/v1/triage/models'))

export const cancelTraining = (id: Id) =>
  unwrap<TriageModel>(http.POST('/v1/triage/models/{model_id}/cancel', model(id)))

export const promoteModel = (id: Id) =>
  unwrap<TriageModel>(http.POST('/v1/triage/models/{model_id}/promote', model(id)))

export const rollBackModel = () => unwrap<TriageModel>(http.POST('/v1/triage/models/rollback'))

export const trainingQuery = queryOptions({
  queryKey: keys.triage.training,
  queryFn: () => unwrap<TriageTraining>(http.GET('/v1/triage/models/settings')),
})

export const changeTraining = (body: TriageTraining) =>
  unwrap<TriageTraining>(http.PATCH('/v1/triage/models/settings', { body }))
