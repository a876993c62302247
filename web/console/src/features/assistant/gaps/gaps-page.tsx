import { Button, NativeSelect } from '@mantine/core'
import type { GapOrder, GapRow } from '@rapport/client'
import { IconBulb } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { type GapFilter, gapStates, gapsQuery } from '../../../queries/assistant'
import classes from '../assistant.module.css'
import { Head } from '../frame'
import type { GapsSearch } from '../search'
import { useRowKeys } from '../use-row-keys'
import { GapLine } from './gap-line'

const route = getRouteApi('/work/assistant/gaps')

/** What was asked and could not be answered, questions that mean the same as one. */
export function GapsPage(): ReactNode {
  const { t } = useTranslation('assistant')
  const { state = 'open', order = 'count' } = route.useSearch()
  const navigate = useNavigate()
  const set = (part: GapsSearch) =>
    void navigate({ to: '/assistant/gaps', search: (previous: object) => ({ ...previous, ...part }), replace: true })
  return (
    <>
      <Head title={t('gaps.title')} text={t('gaps.text')}>
        <search className={classes.filters} aria-label={t('filters')}>
          <NativeSelect
            label={t('gaps.state')}
            data={gapStates.map((value) => ({ value, label: t(`gaps.states.${value}`) }))}
            value={state}
            onChange={(event) => set({ state: event.currentTarget.value as GapRow['state'] })}
          />
          <NativeSelect
            label={t('gaps.sort')}
            data={(['count', 'recent'] as const).map((value) => ({ value, label: t(`gaps.sorts.${value}`) }))}
            value={order}
            onChange={(event) => set({ order: event.currentTarget.value as GapOrder })}
          />
        </search>
      </Head>
      <GapList filter={{ state, sort: order }} />
    </>
  )
}

/** The gaps of one state, page by page. */
export function GapList({ filter }: { filter: GapFilter }) {
  const { t } = useTranslation('assistant')
  const query = useInfiniteQuery(gapsQuery(filter))
  const list = useRowKeys<HTMLUListElement>()
  const gaps = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <RowSkeletons height={60} />
  if (query.isError && gaps.length === 0) return <Failed error={query.error} retry={() => void query.refetch()} />
  if (gaps.length === 0) {
    return <Empty icon={IconBulb} title={t(`gaps.none.${filter.state}`)} text={t(`gaps.noneText.${filter.state}`)} />
  }
  return (
    <>
      <ul ref={list} className={classes.rows} data-framed aria-label={t('gaps.title')}>
        {gaps.map((gap) => (
          <li key={gap.id}>
            <GapLine gap={gap} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="default"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </>
  )
}
