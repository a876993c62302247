import { Button } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconUsersGroup } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../../components/person'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { personName } from '../../../lib/person-name'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useLivePeople } from '../../../queries/live-customer'
import { useCan } from '../../../queries/me'
import { dismissSuggestion, type Suggestion, suggestionsQuery } from '../../../queries/profile'
import classes from '../customers.module.css'
import { Sheet } from '../sheet'
import { MergeDialog } from './merge-dialog'
import { MergeRule } from './merge-rule'
import { Reasons } from './reasons'

/** Pairs of customers who may be one person, most likely first. */
export function DuplicatesPage(): ReactNode {
  const { t } = useTranslation('people')
  const query = useInfiniteQuery(suggestionsQuery)
  useLivePeople()
  const mayManage = useCan('customers.manage')
  const mayRule = useCan('workspace.manage') && mayManage
  const suggestions = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Sheet title={t('duplicates.pageTitle')} text={t('duplicates.pageText')} back="/customers">
      {mayRule && <MergeRule />}
      {query.isPending && <RowSkeletons rows={4} height={120} />}
      {query.isError && suggestions.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && suggestions.length === 0 && (
        <Empty icon={IconUsersGroup} title={t('duplicates.none')} text={t('duplicates.noneText')} />
      )}
      <ul className={classes.cards}>
        {suggestions.map((suggestion) => (
          <Pair key={suggestion.id} suggestion={suggestion} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Sheet>
  )
}

function Pair({ suggestion }: { suggestion: Suggestion }) {
  const { t } = useTranslation('people')
  const mayMerge = useCan('customers.merge')
  const [isComparing, setComparing] = useState(false)
  const dismiss = useAct(dismissSuggestion, [keys.customers.suggestions])
  const [a, b] = suggestion.customers
  if (!a || !b) return null
  return (
    <li className={classes.card}>
      <div className={classes.pair}>
        <Who customer={a} />
        <Who customer={b} />
      </div>
      <Reasons suggestion={suggestion} />
      {mayMerge && (
        <div className={classes.suggestedActs}>
          <Button size="compact-sm" onClick={() => setComparing(true)}>
            {t('duplicates.compare')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={dismiss.isPending}
            onClick={() => dismiss.mutate(suggestion.id)}
          >
            {t('duplicates.dismiss')}
          </Button>
        </div>
      )}
      {isComparing && <MergeDialog pair={[a, b]} suggestion={suggestion} onClose={() => setComparing(false)} />}
    </li>
  )
}

function Who({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  const name = personName(customer) || t('anonymous')
  return (
    <Link to="/customers/$customerId" params={{ customerId: customer.id }} className={classes.pairOne}>
      <Person name={name} size={32} />
      <span className={classes.rowText}>
        <bdi className={classes.name}>{name}</bdi>
        <bdi className={classes.note}>
          {[customer.email, customer.phone, customer.company].filter(Boolean).join(' · ') ||
            t('conversations', { count: customer.conversation_count })}
        </bdi>
      </span>
    </Link>
  )
}
