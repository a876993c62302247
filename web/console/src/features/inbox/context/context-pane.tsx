import { ActionIcon, Anchor, Skeleton } from '@mantine/core'
import type { Customer, MyConversation } from '@rapport/client'
import { IconArrowLeft, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../../components/person'
import { Failed } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { Tooltip } from '../../../components/tooltip'
import { personName } from '../../../lib/person-name'
import { useFormat } from '../../../lib/use-format'
import { labelOf, useWords } from '../../../lib/use-words'
import { customerQuery, useUpdateCustomer } from '../../../queries/customers'
import { useLiveCustomer } from '../../../queries/live-customer'
import { useCan } from '../../../queries/me'
import { useInboxesById, useTagsById } from '../../../queries/people'
import { attributesQuery } from '../../../queries/profile'
import { TagDot } from '../list/tag-dot'
import classes from './context.module.css'
import { Editable } from './editable'
import { History } from './history'
import { Matters } from './matters'

const ReadingCard = lazy(() => import('./reading/reading-card').then((module) => ({ default: module.ReadingCard })))

interface Props {
  conversation: MyConversation
  className?: string
  isFull?: boolean
}

/** Who asks, and what matters about them now. */
export function ContextPane({ conversation, className = '', isFull = false }: Props): ReactNode {
  const { t } = useTranslation(['inbox', 'common', 'people'])
  const router = useRouter()
  const customer = useQuery(customerQuery(conversation.customer.id))
  useLiveCustomer(conversation.customer.id)
  return (
    <aside
      className={`${classes.pane} ${className}`}
      aria-label={t('inbox:panes.context')}
      data-fullscreen={isFull || undefined}
    >
      {isFull && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('common:action.back')}
          onClick={() => router.history.back()}
        >
          <IconArrowLeft size={22} stroke={1.6} className={classes.mirrored} />
        </ActionIcon>
      )}
      {customer.isPending ? (
        <Skeleton height={220} radius={8} />
      ) : customer.isError ? (
        <Failed error={customer.error} retry={() => void customer.refetch()} />
      ) : (
        <>
          <Identity customer={customer.data} />
          <Link to="/customers/$customerId" params={{ customerId: customer.data.id }} className={classes.profile}>
            {t('people:now.open')}
          </Link>
          <Matters customer={customer.data} />
          <Now conversation={conversation} customer={customer.data} />
          <Suspense>
            <ReadingCard conversationId={conversation.id} />
          </Suspense>
          <Attributes customer={customer.data} />
          <History customerId={customer.data.id} currentId={conversation.id} />
        </>
      )}
    </aside>
  )
}

function Identity({ customer }: { customer: Customer }) {
  const { t } = useTranslation(['inbox', 'common'])
  const update = useUpdateCustomer(customer.id)
  const canEdit = useCan('customers.write')
  return (
    <section className={classes.identity}>
      <Person name={personName(customer) || t('common:visitor')} size={44} />
      <div className={classes.who}>
        <h2 className={classes.name}>
          <Editable
            value={customer.name}
            label={t('inbox:customer.name')}
            placeholder={t('inbox:customer.addName')}
            isReadOnly={!canEdit}
            onSave={(name) => update.mutateAsync({ name })}
          />
          {customer.verified && (
            <Tooltip label={t('inbox:customer.verified')}>
              <IconRosetteDiscountCheck
                size={18}
                className={classes.verified}
                aria-label={t('inbox:customer.verified')}
              />
            </Tooltip>
          )}
        </h2>
        <Editable
          value={customer.email ?? ''}
          label={t('inbox:customer.email')}
          placeholder={t('inbox:customer.addEmail')}
          type="email"
          isReadOnly={!canEdit}
          onSave={(email) => update.mutateAsync({ email: email || null })}
        />
      </div>
    </section>
  )
}

/** The few facts that change how one answers. */
function Now({ conversation, customer }: { conversation: MyConversation; customer: Customer }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const inbox = useInboxesById().get(conversation.inbox_id)
  const tags = useTagsById()
  const theirTime = customer.timezone ? format.localTime(customer.timezone) : null
  const differs = theirTime !== null && theirTime !== format.time(new Date().toISOString())
  const facts: [string, ReactNode][] = [
    [t('customer.company'), customer.company && <bdi>{customer.company}</bdi>],
    [t('customer.phone'), customer.phone && <Anchor href={`tel:${customer.phone}`}>{customer.phone}</Anchor>],
    [t('customer.localTime'), differs && <span className="tabular">{theirTime}</span>],
    [t('customer.locale'), customer.locale && format.language(customer.locale)],
    [t('customer.topic'), conversation.topic],
    [t('customer.inbox'), inbox?.name],
    [t('customer.lastSeen'), <TimeAgo key="seen" at={customer.last_seen_at} />],
    [t('customer.since'), format.date(customer.first_seen_at)],
    [
      t('customer.conversations'),
      <span key="n" className="tabular">
        {format.number(customer.conversation_count)}
      </span>,
    ],
  ]
  const shown = conversation.tag_ids.flatMap((id) => tags.get(id) ?? [])
  return (
    <section>
      <dl className={classes.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {shown.length > 0 && (
        <ul className={classes.tags} aria-label={t('actions.tag')}>
          {shown.map((tag) => (
            <li key={tag.id}>
              <TagDot colour={tag.colour} />
              {tag.name}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Attributes({ customer }: { customer: Customer }) {
  const { t } = useTranslation('inbox')
  const words = useWords()
  const definitions = useQuery(attributesQuery).data ?? []
  const labels = new Map(definitions.map((each) => [each.key, each.label]))
  const entries = Object.entries(customer.attributes)
  if (entries.length === 0) return null
  return (
    <section>
      <h3 className={classes.heading}>{t('customer.attributes')}</h3>
      <dl className={classes.facts}>
        {entries.map(([key, value]) => (
          <div key={key}>
            <dt>{labels.get(key) ?? labelOf(key)}</dt>
            <dd>
              <bdi>{words(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
