import { Button, Skeleton } from '@mantine/core'
import type { Id } from '@rapport/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { timelineQuery } from '../../queries/customers'
import classes from './customers.module.css'

/** What happened with a customer, newest first. */
export function Timeline({ customerId }: { customerId: Id }) {
  const { t } = useTranslation('customers')
  const timeline = useInfiniteQuery(timelineQuery(customerId))
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={classes.card}>
      <h2>{t('timeline')}</h2>
      {timeline.isPending && <Skeleton height={120} />}
      {timeline.isError && items.length === 0 && (
        <Failed error={timeline.error} retry={() => void timeline.refetch()} />
      )}
      {timeline.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('noTimeline')}</p>}
      <ol className={classes.timeline}>
        {items.map((item) => (
          <li key={item.id}>
            <span className={classes.entryTop}>
              {item.conversation_id ? (
                <Link to="/inbox/$view/$conversationId" params={{ view: 'all', conversationId: item.conversation_id }}>
                  <bdi>{item.title}</bdi>
                </Link>
              ) : (
                <bdi>{item.title}</bdi>
              )}
              <span className={classes.note}>
                <TimeAgo at={item.at} />
              </span>
            </span>
            {item.text && <bdi className={classes.entryText}>{item.text}</bdi>}
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
          {t('more')}
        </Button>
      )}
    </section>
  )
}
