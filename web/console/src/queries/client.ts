import { isOffline, Problem } from '@rapport/client'
import { QueryClient } from '@tanstack/react-query'

const worthRetrying = (failures: number, error: Error) =>
  failures < 2 && (isOffline(error) || (error instanceof Problem && error.status >= 500))

/** The one cache of what the server said. The realtime connection keeps it fresh, so time does not. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 60_000, gcTime: 10 * 60_000, retry: worthRetrying, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  })
