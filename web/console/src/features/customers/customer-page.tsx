import { ActionIcon, Anchor, Button, Skeleton } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconArrowLeft, IconMail, IconPencil, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/person'
import { Failed } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { Tooltip } from '../../components/tooltip'
import { personName } from '../../lib/person-name'
import { useFormat } from '../../lib/use-format'
import { useNarrow } from '../../lib/use-narrow'
import { customerQuery } from '../../queries/customers'
import { useLiveCustomer } from '../../queries/live-customer'
import { useCan } from '../../queries/me'
import { composing } from '../../shell/compose'
import classes from './customers.module.css'
import { MergesCard } from './duplicates/merges-card'
import { Suggested } from './duplicates/suggested'
import { EditDialog } from './edit-dialog'
import { PrivacyCard } from './privacy-card'
import { AttributesCard } from './profile/attributes-card'
import { ConsentsCard } from './profile/consents-card'
import { Identities } from './profile/identities'
import { PainsCard } from './profile/pains-card'
import { ProfileCard } from './profile/profile-card'
import { Timeline } from './timeline'

const route = getRouteApi('/work/customers/$customerId')

/** One customer: who they are, how they are reached, and what happened. */
export function CustomerPage(): ReactNode {
  const { customerId } = route.useParams()
  const customer = useQuery(customerQuery(customerId))
  useLiveCustomer(customerId)
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
          <Whole customer={customer.data} />
        </>
      )}
    </div>
  )
}

/** A merged customer's address leads here too, so everything goes by the id of who they became. */
function Whole({ customer }: { customer: Customer }) {
  const isErased = customer.erased_at !== null
  const mayWrite = useCan('customers.write') && !isErased
  return (
    <>
      {!isErased && (
        <div className={classes.above}>
          <Suggested customer={customer} />
        </div>
      )}
      <div className={classes.columns}>
        <div>
          <Facts customer={customer} />
          <Identities customer={customer} />
          {!isErased && <ProfileCard customer={customer} />}
          <AttributesCard customer={customer} />
          <PainsCard customerId={customer.id} isErased={isErased} />
          <ConsentsCard customerId={customer.id} isErased={isErased} />
          <MergesCard customer={customer} />
          <PrivacyCard customer={customer} />
        </div>
        <Timeline customerId={customer.id} mayWrite={mayWrite} />
      </div>
    </>
  )
}

function Header({ customer }: { customer: Customer }) {
  const { t } = useTranslation(['customers', 'common', 'privacy', 'mail'])
  const navigate = useNavigate()
  const narrow = useNarrow()
  const mayWrite = useCan('customers.write')
  const mayStart = useCan('conversations.start')
  const [isEditing, setEditing] = useState(false)
  const name = personName(customer) || t(customer.erased_at ? 'privacy:card.somebody' : 'customers:anonymous')
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
      {mayStart && customer.email && !customer.erased_at && (
        <Button
          variant="default"
          leftSection={<IconMail size={16} aria-hidden />}
          onClick={() => composing.set([{ name: customer.name, address: customer.email ?? '' }])}
        >
          {t('mail:compose.newTo')}
        </Button>
      )}
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
    [t('company'), customer.company && <CompanyLink key="company" customer={customer} />],
    [t('locale'), customer.locale && format.language(customer.locale)],
    [t('timezone'), customer.timezone && format.localTime(customer.timezone)],
    [t('since'), format.date(customer.first_seen_at)],
    [t('lastSeen'), <TimeAgo key="seen" at={customer.last_seen_at} />],
  ]
  return <List title={t('facts')} facts={facts.filter(([, value]) => value)} />
}

function CompanyLink({ customer }: { customer: Customer }) {
  if (!customer.company_id) return <bdi>{customer.company}</bdi>
  return (
    <Anchor
      renderRoot={(props) => (
        <Link {...props} to="/companies/$companyId" params={{ companyId: customer.company_id ?? '' }} />
      )}
    >
      <bdi>{customer.company}</bdi>
    </Anchor>
  )
}
