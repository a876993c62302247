import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBuilding, IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { companiesQuery } from '../../../queries/companies'
import { useLivePeople } from '../../../queries/live-customer'
import { useCan } from '../../../queries/me'
import classes from '../customers.module.css'
import { Sheet } from '../sheet'
import { CompanyDialog } from './company-dialog'

const route = getRouteApi('/work/companies')

/** The organisations that customers belong to. */
export function CompaniesPage(): ReactNode {
  const { t } = useTranslation('people')
  const navigate = useNavigate()
  const mayWrite = useCan('customers.write')
  const { q = '' } = route.useSearch()
  const [text, setText] = useState(q)
  const [wanted] = useDebouncedValue(text.trim(), 200)
  const [isAdding, setAdding] = useState(false)
  useLivePeople()
  useEffect(() => {
    if (wanted !== q) void navigate({ to: '.', search: wanted ? { q: wanted } : {}, replace: true })
  }, [wanted, q, navigate])
  const query = useInfiniteQuery(companiesQuery(wanted))
  const companies = query.data?.pages.flatMap((page) => page.items) ?? []
  const button = mayWrite && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('companies.add')}
    </Button>
  )
  return (
    <Sheet title={t('companies.title')} text={t('companies.text')} back="/customers" action={button}>
      <TextInput
        mb="md"
        value={text}
        aria-label={t('companies.search')}
        placeholder={t('companies.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {query.isPending && <RowSkeletons rows={5} height={56} />}
      {query.isError && companies.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && companies.length === 0 && (
        <Empty
          icon={IconBuilding}
          title={wanted ? t('companies.noHits', { q: wanted }) : t('companies.none')}
          text={wanted ? undefined : t('companies.noneText')}
        />
      )}
      {companies.length > 0 && (
        <ul className={classes.sheetRows}>
          {companies.map((company) => (
            <li key={company.id}>
              <Link to="/companies/$companyId" params={{ companyId: company.id }} className={classes.row}>
                <IconBuilding size={20} stroke={1.6} aria-hidden />
                <span className={classes.rowText}>
                  <bdi className={classes.name}>{company.name}</bdi>
                  {company.domain && (
                    <bdi className={classes.note} dir="ltr">
                      {company.domain}
                    </bdi>
                  )}
                </span>
                <span className={classes.note}>{t('companies.people', { count: company.people_count })}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {isAdding && <CompanyDialog company={null} onClose={() => setAdding(false)} />}
    </Sheet>
  )
}
