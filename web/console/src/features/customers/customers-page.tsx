import { ActionIcon, Menu, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Customer } from '@rapport/client'
import {
  IconBuilding,
  IconDots,
  IconFileImport,
  IconSearch,
  IconUserPlus,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/person'
import { Resizer } from '../../components/resizer'
import { Empty, Failed, RowSkeletons } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { personName } from '../../lib/person-name'
import { useNarrow } from '../../lib/use-narrow'
import { useRemembered } from '../../lib/use-remembered'
import { customersQuery } from '../../queries/customers'
import { useCan } from '../../queries/me'
import { AddDialog } from './add-dialog'
import classes from './customers.module.css'

const route = getRouteApi('/work/customers')
const rowHeight = 64

/** Everybody who ever wrote, and beside the list the one chosen. */
export function CustomersPage(): ReactNode {
  const { t } = useTranslation('customers')
  const narrow = useNarrow()
  const { customerId } = useParams({ strict: false })
  const [width, setWidth] = useRemembered('customers.list', 360)
  if (narrow) return customerId ? <Outlet /> : <Browser />
  return (
    <div className={classes.panes}>
      <div className={classes.listPane} style={{ width }}>
        <Browser />
      </div>
      <Resizer label={t('list')} width={width} min={280} max={560} side="before" onChange={setWidth} />
      <Outlet />
    </div>
  )
}

export function NobodyChosen(): ReactNode {
  const { t } = useTranslation('customers')
  return (
    <div className={classes.rest}>
      <Empty icon={IconUsers} title={t('nobody')} text={t('nobodyText')} />
    </div>
  )
}

function Browser() {
  const { t } = useTranslation('customers')
  const navigate = useNavigate()
  const { q = '' } = route.useSearch()
  const [text, setText] = useState(q)
  const [wanted] = useDebouncedValue(text.trim(), 200)
  useEffect(() => {
    if (wanted !== q) void navigate({ to: '.', search: wanted ? { q: wanted } : {}, replace: true })
  }, [wanted, q, navigate])
  return (
    <section className={classes.browser} aria-label={t('list')}>
      <header className={classes.bar}>
        <div className={classes.cardTop}>
          <h1 className={classes.title}>{t('title')}</h1>
          <MoreMenu />
        </div>
        <TextInput
          value={text}
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </header>
      <Found q={wanted} />
    </section>
  )
}

/** What else there is about people. */
function MoreMenu() {
  const { t } = useTranslation('people')
  const navigate = useNavigate()
  const mayWrite = useCan('customers.write')
  const mayImport = useCan('customers.import')
  const [isAdding, setAdding] = useState(false)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('menu.label')}>
            <IconDots size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayWrite && (
            <Menu.Item leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {t('menu.add')}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconBuilding size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/companies' })}
          >
            {t('menu.companies')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconUsersGroup size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/duplicates' })}
          >
            {t('menu.duplicates')}
          </Menu.Item>
          {mayImport && (
            <Menu.Item
              leftSection={<IconFileImport size={16} aria-hidden />}
              onClick={() => void navigate({ to: '/imports' })}
            >
              {t('menu.imports')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </>
  )
}

function Found({ q }: { q: string }) {
  const { t } = useTranslation('customers')
  const query = useInfiniteQuery(customersQuery(q))
  const customers = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <RowSkeletons height={rowHeight} />
  if (query.isError && customers.length === 0) {
    return <Failed error={query.error} retry={() => void query.refetch()} />
  }
  if (customers.length === 0) {
    return q ? (
      <Empty icon={IconSearch} title={t('noHits', { q })} text={t('noHitsText')} />
    ) : (
      <Empty icon={IconUsers} title={t('none')} text={t('noneText')} />
    )
  }
  return (
    <Rows
      customers={customers}
      hasMore={query.hasNextPage && !query.isFetchingNextPage}
      fetchMore={() => void query.fetchNextPage()}
    />
  )
}

interface RowsProps {
  customers: Customer[]
  hasMore: boolean
  fetchMore: () => void
}

function Rows({ customers, hasMore, fetchMore }: RowsProps) {
  const { t } = useTranslation('customers')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: customers.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= customers.length - 8) fetchMore()
  }, [hasMore, last, customers.length, fetchMore])
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label={t('list')}>
        {items.map((item) => {
          const customer = customers[item.index]
          return (
            customer && (
              <li key={customer.id} className={classes.slot} style={{ transform: `translateY(${item.start}px)` }}>
                <Row customer={customer} />
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}

function Row({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  const name = personName(customer) || t('anonymous')
  return (
    <Link
      to="/customers/$customerId"
      params={{ customerId: customer.id }}
      search={(previous) => previous}
      preload={false}
      className={classes.row}
    >
      <Person name={name} size={32} />
      <span className={classes.rowText}>
        <bdi className={classes.name}>{name}</bdi>
        <bdi className={classes.note}>
          {[customer.email, customer.company].filter(Boolean).join(' · ') ||
            t('conversations', { count: customer.conversation_count })}
        </bdi>
      </span>
      <span className={classes.note}>
        <TimeAgo at={customer.last_seen_at} />
      </span>
    </Link>
  )
}
