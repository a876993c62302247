import { ActionIcon, Anchor, Button, Skeleton } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconArrowLeft, IconPencil, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/person'
import { Failed } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { Tooltip } from '../../components/tooltip'
import { useFormat } from '../../lib/use-format'
import { useNarrow } from '../../lib/use-narrow'
import { labelOf, useWords } from '../../lib/use-words'
import { customerQuery } from '../../queries/customers'
import { useCan } from '../../queries/me'
import classes from './customers.module.css'
import { EditDialog } from './edit-dialog'
import { PrivacyCard } from './privacy-card'
import { Timeline } from './timeline'

const route = getRouteApi('/work/customers/$customerId')

/** One customer: who they are, how they are reached, and what happened. */
export function CustomerPage(): ReactNode {
  const { customerId } = route.useParams()
  const customer = useQuery(customerQuery(customerId))
  return (
    <div className={classes.page}>
      {customer.isPending && (
        <div className={classes.header}>
          <Skeleton height={120} radius={8} />
        </div>
      )}
      {customer.isError && <Failed error={customer.error} retry={() => void customer.refetch()} />}
      {customer.data && (
        <>
          <Header customer={customer.data} />
          <div className={classes.columns}>
            <div>
              <Facts customer={customer.data} />
              <Identities customer={customer.data} />
              <Attributes customer={customer.data} />
              <PrivacyCard customer={customer.data} />
            </div>
            <Timeline customerId={customerId} />
          </div>
        </>
      )}
    </div>
  )
}

function Header({ customer }: { customer: Customer }) {
  const { t } = useTranslation(['customers', 'common', 'privacy'])
  const navigate = useNavigate()
  const narrow = useNarrow()
  const mayWrite = useCan('customers.write')
  const [isEditing, setEditing] = useState(false)
  const name = customer.name || t(customer.erased_at ? 'privacy:card.somebody' : 'customers:anonymous')
  return (
    <header className={classes.header}>
      {narrow && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('common:action.back')}
          onClick={() => void navigate({ to: '/customers', search: (previous) => previous })}
        >
          <IconArrowLeft size={20} stroke={1.6} className={classes.mirrored} />
        </ActionIcon>
      )}
      <Person name={name} size={48} />
      <div className={classes.who}>
        <h1>
          <bdi>{name}</bdi>
          {customer.verified && (
            <Tooltip label={t('customers:verified')}>
              <IconRosetteDiscountCheck size={20} className={classes.verified} aria-label={t('customers:verified')} />
            </Tooltip>
          )}
        </h1>
        <span className={classes.note}>{t('customers:conversations', { count: customer.conversation_count })}</span>
      </div>
      {mayWrite && !customer.erased_at && (
        <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setEditing(true)}>
          {t('customers:edit')}
        </Button>
      )}
      {isEditing && <EditDialog customer={customer} onClose={() => setEditing(false)} />}
    </header>
  )
}

function List({ title, facts }: { title: string; facts: [string, ReactNode][] }) {
  return (
    <section className={classes.card}>
      <h2>{title}</h2>
      <dl className={classes.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Facts({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const facts: [string, ReactNode][] = [
    [t('email'), customer.email && <Anchor href={`mailto:${customer.email}`}>{customer.email}</Anchor>],
    [t('phone'), customer.phone && <Anchor href={`tel:${customer.phone}`}>{customer.phone}</Anchor>],
    [t('company'), customer.company && <bdi>{customer.company}</bdi>],
    [t('locale'), customer.locale && format.language(customer.locale)],
    [t('timezone'), customer.timezone && format.localTime(customer.timezone)],
    [t('since'), format.date(customer.first_seen_at)],
    [t('lastSeen'), <TimeAgo key="seen" at={customer.last_seen_at} />],
  ]
  return <List title={t('facts')} facts={facts.filter(([, value]) => value)} />
}

function Identities({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  if (customer.identities.length === 0) return null
  const facts = customer.identities.map((identity): [string, ReactNode] => [
    identity.channel === 'email' ? t('email') : labelOf(identity.channel),
    <span key={identity.id}>
      <bdi dir="ltr">{identity.address}</bdi>
      {identity.verified && ` · ${t('verified')}`}
    </span>,
  ])
  return <List title={t('identities')} facts={facts} />
}

function Attributes({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  const words = useWords()
  const entries = Object.entries(customer.attributes)
  if (entries.length === 0) {
    return (
      <section className={classes.card}>
        <h2>{t('attributes')}</h2>
        <p className={classes.quiet}>{t('noAttributes')}</p>
      </section>
    )
  }
  return (
    <List
      title={t('attributes')}
      facts={entries.map(([key, value]) => [labelOf(key), <bdi key={key}>{words(value)}</bdi>])}
    />
  )
}
