import { Button, Skeleton } from '@mantine/core'
import type { TimelineItem } from '@rapport/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { timelineQuery } from '../../../queries/customers'
import classes from './context.module.css'

/** What happened with this customer before, newest first. */
export function History({ customerId, currentId }: { customerId: string; currentId: string }) {
  const { t } = useTranslation('inbox')
  const timeline = useInfiniteQuery(timelineQuery(customerId))
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section>
      <h3 className={classes.heading}>{t('customer.timeline')}</h3>
      {timeline.isPending && <Skeleton height={80} />}
      {timeline.isError && items.length === 0 && (
        <Failed error={timeline.error} retry={() => void timeline.refetch()} />
      )}
      {timeline.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('customer.noTimeline')}</p>}
      <ol className={classes.timeline}>
        {items.map((item) => (
          <li key={item.id} data-current={item.conversation_id === currentId}>
            <Entry item={item} isCurrent={item.conversation_id === currentId} />
          </li>
        ))}
      </ol>
      {timeline.hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t('customer.moreTimeline')}
        </Button>
      )}
    </section>
  )
}

function Entry({ item, isCurrent }: { item: TimelineItem; isCurrent: boolean }) {
  const { t } = useTranslation('inbox')
  const title = <bdi className={classes.entryTitle}>{item.title}</bdi>
  return (
    <>
      <span className={classes.entryTop}>
        {item.conversation_id && !isCurrent ? (
          <Link
            to="/inbox/$view/$conversationId"
            params={{ view: 'all', conversationId: item.conversation_id }}
            className={classes.entryLink}
          >
            {title}
          </Link>
        ) : (
          title
        )}
        <span className={classes.entryTime}>
          <TimeAgo at={item.at} />
        </span>
      </span>
      {item.text && <bdi className={classes.entryText}>{item.text}</bdi>}
      {isCurrent && <span className={classes.entryText}>{t('customer.thisOne')}</span>}
    </>
  )
}
