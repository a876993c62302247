import { notifications } from '@mantine/notifications'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { sayFailed } from './say-failed'

/** Do something on the server; afterwards `stale` is fetched again, and a refusal is said. */
export function useAct<Input, Output>(act: (input: Input) => Promise<Output>, stale: QueryKey[], done?: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: () => {
      if (done) notifications.show({ message: done })
    },
    onError: sayFailed,
    onSettled: () => Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
}
