import { Button, Menu } from '@mantine/core'
import { IconDownload, IconFilterOff, IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { Page } from '../parts/page'
import classes from './audit.module.css'
import { DeedRow } from './deed-row'
import { Filters } from './filters'
import { auditQuery, everything, exportAddress, type Filter } from './queries'
import { Verification } from './verification'

/** Who did what, in plain words, the latest first. */
export function AuditPage(): ReactNode {
  const { t } = useTranslation('audit')
  const [filter, setFilter] = useState(everything)
  const query = useInfiniteQuery(auditQuery(filter))
  const deeds = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={t('title')} text={t('text')} action={<Export filter={filter} />}>
      <Filters filter={filter} onChange={setFilter} />
      {query.isPending && <RowSkeletons rows={10} height={44} />}
      {query.isError && deeds.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && deeds.length === 0 && (
        <Nothing isFiltered={filter !== everything} onReset={() => setFilter(everything)} />
      )}
      {deeds.length > 0 && (
        <ol className={classes.deeds}>
          {deeds.map((deed) => (
            <DeedRow key={deed.id} deed={deed} />
          ))}
        </ol>
      )}
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
      <Verification />
    </Page>
  )
}

function Nothing({ isFiltered, onReset }: { isFiltered: boolean; onReset: () => void }) {
  const { t } = useTranslation('audit')
  if (!isFiltered) return <Empty icon={IconHistory} title={t('empty')} text={t('emptyText')} />
  const action = (
    <Button variant="default" leftSection={<IconFilterOff size={16} aria-hidden />} onClick={onReset}>
      {t('reset')}
    </Button>
  )
  return <Empty icon={IconHistory} title={t('none')} text={t('noneText')} action={action} />
}

function Export({ filter }: { filter: Filter }) {
  const { t } = useTranslation('audit')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={exportAddress(filter, 'csv')} download>
          {t('exportCsv')}
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(filter, 'jsonl')} download>
          {t('exportJson')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
