import { Button } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconPencil, IconTrash, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { Person } from '../../../components/person'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { personName } from '../../../lib/person-name'
import { useAct } from '../../../lib/use-act'
import { labelOf, useWords } from '../../../lib/use-words'
import { type Company, companyPeopleQuery, companyQuery, removeCompany } from '../../../queries/companies'
import { keys } from '../../../queries/keys'
import { useLivePeople } from '../../../queries/live-customer'
import { useCan } from '../../../queries/me'
import classes from '../customers.module.css'
import { Sheet } from '../sheet'
import { CompanyDialog } from './company-dialog'

const route = getRouteApi('/work/companies/$companyId')

/** One company and its people. */
export function CompanyPage(): ReactNode {
  const { t } = useTranslation('people')
  const { companyId } = route.useParams()
  const company = useQuery(companyQuery(companyId))
  useLivePeople()
  return (
    <Sheet
      title={<bdi>{company.data?.name ?? t('companies.one')}</bdi>}
      back="/companies"
      action={company.data && <Acts company={company.data} />}
    >
      {company.isPending && <RowSkeletons rows={2} height={48} />}
      {company.isError && <Failed error={company.error} retry={() => void company.refetch()} />}
      {company.data && (
        <>
          <Facts company={company.data} />
          <People companyId={companyId} />
        </>
      )}
    </Sheet>
  )
}

function Acts({ company }: { company: Company }) {
  const { t } = useTranslation(['people', 'customers'])
  const navigate = useNavigate()
  const mayWrite = useCan('customers.write')
  const [isChanging, setChanging] = useState(false)
  const [isRemoving, setRemoving] = useState(false)
  const remove = useAct(removeCompany, [keys.companies.all, keys.customers.all])
  if (!mayWrite) return null
  const title = t('people:companies.removeTitle', { name: company.name })
  return (
    <span className={classes.actions}>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setChanging(true)}>
        {t('customers:edit')}
      </Button>
      <Button
        variant="subtle"
        color="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setRemoving(true)}
      >
        {t('people:companies.remove')}
      </Button>
      {isChanging && <CompanyDialog company={company} onClose={() => setChanging(false)} />}
      <Confirm
        opened={isRemoving}
        title={title}
        text={t('people:companies.removeText', { count: company.people_count })}
        act={t('people:companies.remove')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(company.id, { onSuccess: () => void navigate({ to: '/companies' }) })}
        onClose={() => setRemoving(false)}
      />
    </span>
  )
}

function Facts({ company }: { company: Company }) {
  const { t } = useTranslation('people')
  const words = useWords()
  const attributes = Object.entries(company.attributes)
  if (!company.domain && attributes.length === 0) return null
  return (
    <section className={classes.card}>
      <dl className={classes.facts}>
        {company.domain && (
          <div>
            <dt>{t('companies.domain')}</dt>
            <dd>
              <bdi dir="ltr">{company.domain}</bdi>
            </dd>
          </div>
        )}
        {attributes.map(([key, value]) => (
          <div key={key}>
            <dt>{labelOf(key)}</dt>
            <dd>
              <bdi>{words(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function People({ companyId }: { companyId: string }) {
  const { t } = useTranslation('people')
  const query = useInfiniteQuery(companyPeopleQuery(companyId))
  const people = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={classes.card}>
      <h2>{t('companies.peopleTitle')}</h2>
      {query.isPending && <RowSkeletons rows={3} height={64} />}
      {query.isError && people.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && people.length === 0 && (
        <Empty icon={IconUsers} title={t('companies.nobody')} text={t('companies.nobodyText')} />
      )}
      <ul className={classes.plainRows}>
        {people.map((customer) => (
          <li key={customer.id}>
            <PersonRow customer={customer} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </section>
  )
}

function PersonRow({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  const name = personName(customer) || t('anonymous')
  return (
    <Link to="/customers/$customerId" params={{ customerId: customer.id }} className={classes.row}>
      <Person name={name} size={32} />
      <span className={classes.rowText}>
        <bdi className={classes.name}>{name}</bdi>
        <bdi className={classes.note}>{customer.email}</bdi>
      </span>
      <span className={classes.note}>
        <TimeAgo at={customer.last_seen_at} />
      </span>
    </Link>
  )
}
