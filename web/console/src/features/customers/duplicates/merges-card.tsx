import { Button } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconArrowsSplit2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import { type Merge, mergesQuery, unmergeCustomer } from '../../../queries/profile'
import classes from '../customers.module.css'

/** Who was merged into this customer, and the way back. */
export function MergesCard({ customer }: { customer: Customer }) {
  const { t } = useTranslation('people')
  const merges = useQuery({ ...mergesQuery(customer.id), enabled: customer.merged_count > 0 }).data ?? []
  const live = merges.filter((merge) => merge.undone_at === null)
  if (live.length === 0) return null
  return (
    <section className={classes.card}>
      <h2>{t('merges.title')}</h2>
      <ul className={classes.lines}>
        {live.map((merge) => (
          <Row key={merge.id} merge={merge} />
        ))}
      </ul>
    </section>
  )
}

const rules = ['person', 'rule', 'proof'] as const

function Row({ merge }: { merge: Merge }) {
  const { t } = useTranslation(['people', 'customers'])
  const mayMerge = useCan('customers.merge')
  const undo = useAct(
    () => unmergeCustomer(merge.customer_id),
    [keys.customers.all, keys.conversations.lists],
    t('people:merge.undone'),
  )
  const rule = rules.find((each) => each === merge.rule) ?? 'person'
  const name = merge.name || t('customers:anonymous')
  return (
    <li className={classes.line}>
      <span className={classes.lineText}>
        <bdi>{name}</bdi>
        <span className={classes.note}>
          {t(`people:merges.${rule}`)} · <TimeAgo at={merge.at} />
        </span>
      </span>
      {mayMerge && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowsSplit2 size={14} aria-hidden />}
          aria-label={t('people:merges.undoOne', { name })}
          loading={undo.isPending}
          onClick={() => undo.mutate()}
        >
          {t('people:merges.undo')}
        </Button>
      )}
    </li>
  )
}
