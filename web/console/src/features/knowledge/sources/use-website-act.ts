import type { Website } from '@rapport/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { sayFailed } from '../../../lib/say-failed'
import { putWebsite } from '../../../queries/live-sources'

/** Do something with a website and show it as the server has it then; a refusal is said. */
export function useWebsiteAct<Input = void>(act: (input: Input) => Promise<Website>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (website) => putWebsite(queries, website),
    onError: sayFailed,
  })
}
