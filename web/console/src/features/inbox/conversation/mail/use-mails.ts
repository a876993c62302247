import type { Id } from '@rapport/client'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { deliveriesQuery, mailsQuery } from '../../../../queries/mail'
import { deliveriesBySeq, heldOf, mailsBySeq } from '../../model/mail'

/** What is known beside the messages of a conversation from `firstSeq` on; without it, nothing is asked yet. */
export function useMails(id: Id, firstSeq: number | undefined) {
  const enabled = firstSeq !== undefined
  const mails = useInfiniteQuery({ ...mailsQuery(id), enabled })
  const sent = useQuery(deliveriesQuery(id))
  const deliveries = sent.data
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = mails
  const reached = data?.pages.at(-1)?.items[0]?.seq ?? 0
  const isShort = enabled && hasNextPage && !isFetchingNextPage && reached > firstSeq
  useEffect(() => {
    if (isShort) void fetchNextPage()
  }, [isShort, fetchNextPage])
  const beside = useMemo(
    () => ({
      mails: mailsBySeq(data),
      deliveries: deliveriesBySeq(deliveries ?? []),
      held: heldOf(deliveries ?? []),
    }),
    [data, deliveries],
  )
  const isMissing = (mails.isError && !data) || (sent.isError && !deliveries)
  const retry = () => void Promise.all([mails.refetch(), sent.refetch()])
  return { beside, isMissing, retry }
}
