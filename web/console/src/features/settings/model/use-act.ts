import { notifications } from '@mantine/notifications'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'

/** Do something on the server; afterwards `stale` is fetched again, and a refusal is said. */
export function useAct<Input, Output>(act: (input: Input) => Promise<Output>, stale: QueryKey[], done?: string) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: () => {
      if (done) notifications.show({ message: done })
    },
    onError: (error) => notifications.show({ color: 'red', title: t('state.failed'), message: explain(error) }),
    onSettled: () => Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
}
