import type { RecurringIssueDetail } from '@rapport/client'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../lib/use-format'
import classes from './recurring.module.css'

/** Whom and what an issue concerns, the most first. */
export function Concerned({ issue }: { issue: RecurringIssueDetail }) {
  const { t } = useTranslation(['recurring', 'common'])
  const { products, customers, companies } = issue
  return (
    <div className={classes.grid}>
      <Counts
        title={t('recurring:products')}
        rows={products.map(({ name, count }) => ({
          id: name,
          count,
          name: (
            <Link to="/recurring" search={{ product: name }}>
              {name}
            </Link>
          ),
        }))}
      />
      <Counts
        title={t('recurring:customersTitle')}
        rows={customers.map(({ id, name, count }) => ({
          id,
          count,
          name: (
            <Link to="/customers/$customerId" params={{ customerId: id }}>
              {name || t('common:visitor')}
            </Link>
          ),
        }))}
      />
      <Counts
        title={t('recurring:companies')}
        rows={companies.map(({ id, name, count }) => ({
          id,
          count,
          name: (
            <Link to="/companies/$companyId" params={{ companyId: id }}>
              {name}
            </Link>
          ),
        }))}
      />
    </div>
  )
}

interface CountsProps {
  title: string
  rows: { id: string; name: ReactNode; count: number }[]
}

function Counts({ title, rows }: CountsProps) {
  const { t } = useTranslation('recurring')
  const format = useFormat()
  return (
    <section className={classes.card}>
      <h2>{title}</h2>
      {rows.length === 0 && <p className={classes.quiet}>{t('nobody')}</p>}
      <ul className={classes.lines} aria-label={title}>
        {rows.map(({ id, name, count }) => (
          <li key={id} className={classes.line}>
            <bdi className={classes.rowText}>{name}</bdi>
            <span className={classes.number}>
              <span aria-hidden>{format.number(count)}</span>
              <span className="visually-hidden">{t('conversations', { count })}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
