import { NativeSelect } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { overviewQuery, type Period, periods } from '../../../queries/assistant'
import { inboxesQuery } from '../../../queries/people'
import classes from '../assistant.module.css'
import { Head } from '../frame'
import type { OverviewSearch } from '../search'
import { OverviewView } from './overview-view'

const route = getRouteApi('/work/assistant/')
const usual: Period = '30d'

/** What the assistant did in the last days, what it knows, and what it does not. */
export function OverviewPage(): ReactNode {
  const { t } = useTranslation('assistant')
  const { period = usual, inbox } = route.useSearch()
  const query = useQuery(overviewQuery({ period, ...(inbox ? { inbox_id: inbox } : {}) }))
  return (
    <>
      <Head title={t('title')} text={t('overview.text')}>
        <Filters period={period} inbox={inbox} />
      </Head>
      {query.isPending && <RowSkeletons rows={4} height={120} />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && query.data.questions === 0 && <Silence />}
      {query.data && <OverviewView overview={query.data} days={Number.parseInt(period, 10)} isFiltered={!!inbox} />}
    </>
  )
}

function Silence() {
  const { t } = useTranslation('assistant')
  return (
    <Empty
      icon={IconSparkles}
      title={t('overview.none')}
      text={t('overview.noneText')}
      action={
        <Link to="/settings/inboxes" className={classes.link}>
          {t('overview.switchOn')}
        </Link>
      }
    />
  )
}

function Filters({ period, inbox = '' }: { period: Period; inbox: string | undefined }) {
  const { t } = useTranslation('assistant')
  const navigate = useNavigate()
  const inboxes = useQuery(inboxesQuery).data ?? []
  const set = (part: OverviewSearch) =>
    void navigate({ to: '/assistant', search: (previous: object) => ({ ...previous, ...part }), replace: true })
  return (
    <search className={classes.filters} aria-label={t('filters')}>
      <NativeSelect
        label={t('overview.period')}
        data={periods.map((each) => ({ value: each, label: t('overview.days', { count: Number.parseInt(each, 10) }) }))}
        value={period}
        onChange={(event) => set({ period: event.currentTarget.value as Period })}
      />
      <NativeSelect
        label={t('overview.inbox')}
        data={[
          { value: '', label: t('overview.allInboxes') },
          ...inboxes.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={inbox}
        onChange={(event) => set({ inbox: event.currentTarget.value })}
      />
    </search>
  )
}
