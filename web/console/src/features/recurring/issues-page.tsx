import { Button } from '@mantine/core'
import type { RecurringIssue } from '@rapport/client'
import { IconRepeat } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Sheet } from '../../components/sheet'
import { Empty, Failed, RowSkeletons } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { useLiveIssues } from '../../queries/live-recurring'
import { type IssueFilter, issuesQuery } from '../../queries/recurring'
import { Filters } from './filters'
import { GrowthMark } from './growth-mark'
import { countOf, searchOf } from './model'
import classes from './recurring.module.css'

const route = getRouteApi('/work/recurring')

/** What several customers came with, the fastest growing or the most frequent first. */
export function IssuesPage(): ReactNode {
  const { t } = useTranslation('recurring')
  const navigate = useNavigate()
  const { state = 'open', order: sort = 'growth', period, product } = route.useSearch()
  const filter: IssueFilter = { state, sort, period, product }
  const options = issuesQuery(filter)
  const query = useInfiniteQuery(options)
  const waiting = useLiveIssues(options.queryKey, (issue) => issue.state === filter.state)
  const issues = query.data?.pages.flatMap((page) => page.items) ?? []
  const isNarrowed = Boolean(filter.product || filter.period) || filter.state !== 'open'
  return (
    <Sheet title={t('title')} text={t('text')}>
      <Filters
        filter={filter}
        onChange={(next) => void navigate({ to: '/recurring', search: searchOf(next), replace: true })}
      />
      <div role="status">
        {waiting.count > 0 && (
          <Button size="compact-sm" variant="light" onClick={waiting.show}>
            {t('waiting', { count: waiting.count })}
          </Button>
        )}
      </div>
      {query.isPending && <RowSkeletons rows={6} height={64} />}
      {query.isError && issues.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && issues.length === 0 && (
        <Empty
          icon={IconRepeat}
          title={t(isNarrowed ? 'noneNarrowed' : 'none')}
          text={t(isNarrowed ? 'noneNarrowedText' : 'noneText')}
        />
      )}
      {issues.length > 0 && (
        <ul className={classes.rows} aria-label={t('title')}>
          {issues.map((issue) => (
            <Row key={issue.id} issue={issue} filter={filter} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Sheet>
  )
}

function Row({ issue, filter }: { issue: RecurringIssue; filter: IssueFilter }) {
  const { t } = useTranslation('recurring')
  return (
    <li>
      <Link to="/recurring/$issueId" params={{ issueId: issue.id }} className={classes.row}>
        <span className={classes.rowText}>
          <bdi className={classes.name}>{issue.name || t('unnamed')}</bdi>
          <span className={classes.note}>
            {t(`counted.${filter.period ?? 'month'}`, { count: countOf(issue, filter.period) })}
            {' · '}
            {t('customers', { count: issue.customer_count })}
            {' · '}
            <TimeAgo at={issue.last_seen_at} />
          </span>
        </span>
        {issue.state !== filter.state && <span className={classes.mark}>{t(`state.${issue.state}`)}</span>}
        {issue.is_growing && <GrowthMark />}
      </Link>
    </li>
  )
}
