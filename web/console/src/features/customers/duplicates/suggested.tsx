import { Button } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { personName } from '../../../lib/person-name'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import { dismissSuggestion, duplicatesQuery, type Suggestion } from '../../../queries/profile'
import classes from '../customers.module.css'
import { MergeDialog } from './merge-dialog'
import { Reasons } from './reasons'

/** Who else may be this customer; nothing when nobody is. */
export function Suggested({ customer }: { customer: Customer }) {
  const suggestions = useQuery(duplicatesQuery(customer.id)).data ?? []
  const open = suggestions.filter((each) => each.state === 'open')
  return open.map((suggestion) => <SuggestedOne key={suggestion.id} customer={customer} suggestion={suggestion} />)
}

function SuggestedOne({ customer, suggestion }: { customer: Customer; suggestion: Suggestion }) {
  const { t } = useTranslation(['people', 'customers'])
  const mayMerge = useCan('customers.merge')
  const [isComparing, setComparing] = useState(false)
  const dismiss = useAct(dismissSuggestion, [keys.customers.duplicates(customer.id), keys.customers.suggestions])
  const other = suggestion.customers.find((each) => each.id !== customer.id)
  if (!other) return null
  const name = personName(other) || t('customers:anonymous')
  return (
    <section className={classes.suggested} aria-label={t('people:duplicates.title')}>
      <IconUsersGroup size={20} stroke={1.6} aria-hidden />
      <div className={classes.grow}>
        <p className={classes.suggestedTitle}>
          {t('people:duplicates.maybe')} <bdi>{name}</bdi>
          {other.email && name !== other.email && <bdi className={classes.note}> {other.email}</bdi>}
        </p>
        <Reasons suggestion={suggestion} />
      </div>
      {mayMerge && (
        <div className={classes.suggestedActs}>
          <Button size="compact-sm" onClick={() => setComparing(true)}>
            {t('people:duplicates.compare')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={dismiss.isPending}
            onClick={() => dismiss.mutate(suggestion.id)}
          >
            {t('people:duplicates.dismiss')}
          </Button>
        </div>
      )}
      {isComparing && (
        <MergeDialog pair={[customer, other]} suggestion={suggestion} onClose={() => setComparing(false)} />
      )}
    </section>
  )
}
