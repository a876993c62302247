import {
  http,
  type LanguageModelIn,
  type LanguageModels,
  type ModelCall,
  type ModelLimits,
  type ModelTrial,
  type ModelUsage,
  type Page,
  type SearchIndex,
  type Understanding,
  unwrap,
} from '@rapport/client'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { sayFailed } from '../../../lib/say-failed'
import { keys } from '../../../queries/keys'
import { asIn, type Placed } from './model'

/** How far back the use of models is summed up, in days of UTC. */
const usageDays = 30

export const languageModelsQuery = queryOptions({
  queryKey: keys.models.configured,
  queryFn: () => unwrap<LanguageModels>(http.GET('/v1/assistant/models')),
})

export const usageQuery = queryOptions({
  queryKey: keys.models.usage,
  queryFn: () => unwrap<ModelUsage[]>(http.GET('/v1/assistant/usage', { params: { query: { days: usageDays } } })),
})

export const callsQuery = infiniteQueryOptions({
  queryKey: keys.models.calls,
  queryFn: ({ pageParam, signal }) =>
    unwrap<Page<ModelCall>>(
      http.GET('/v1/assistant/calls', {
        params: { query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

export const understandingQuery = queryOptions({
  queryKey: keys.models.embeddings,
  queryFn: () => unwrap<Understanding>(http.GET('/v1/assistant/embeddings')),
})

const everyMs = 5_000

/** How far each embedding model is; looked at again while one is being made ready. */
export const indexesQuery = queryOptions({
  queryKey: keys.models.indexes,
  queryFn: () => unwrap<SearchIndex[]>(http.GET('/v1/knowledge/indexes')),
  refetchInterval: ({ state }) => (state.data?.some((index) => index.state !== 'serving') ? everyMs : false),
})

export const tryModel = (body: LanguageModelIn) => unwrap<ModelTrial>(http.POST('/v1/assistant/models/test', { body }))

/** All models in their order, and all limits: the server takes them only together. */
export interface Wanted {
  models: Placed[]
  limits: ModelLimits
}

/** Use these models and limits. A new order is shown at once, and taken back if it is refused. */
export function useSaveModels() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ models, limits }: Wanted) =>
      unwrap<LanguageModels>(http.PUT('/v1/assistant/models', { body: { models: models.map(asIn), limits } })),
    onMutate: async ({ models }) => {
      await queries.cancelQueries({ queryKey: keys.models.configured })
      const before = queries.getQueryData(languageModelsQuery.queryKey)
      const place = new Map(models.map((model, index) => [model.id, index]))
      if (before) {
        const known = before.models.filter(({ id }) => place.has(id))
        known.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
        queries.setQueryData(languageModelsQuery.queryKey, { ...before, models: known })
      }
      return before
    },
    onError: (error, _, before) => {
      queries.setQueryData(languageModelsQuery.queryKey, before)
      sayFailed(error)
    },
    onSuccess: (saved) => queries.setQueryData(languageModelsQuery.queryKey, saved),
  })
}
