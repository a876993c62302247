import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { IssueFilter } from '../../queries/recurring'
import { workspaceQuery } from '../../queries/workspace'
import classes from './recurring.module.css'

interface Props {
  filter: IssueFilter
  onChange: (filter: IssueFilter) => void
}

const states = ['open', 'dismissed', 'resolved'] as const
const periods = ['day', 'week', 'month'] as const
const orders = ['growth', 'count'] as const

/** Which issues, of what, when, and in which order. */
export function Filters({ filter, onChange }: Props) {
  const { t } = useTranslation('recurring')
  const settings = useQuery(workspaceQuery).data?.settings.recurring as { products?: string[] } | undefined
  const products = [...new Set([...(filter.product ? [filter.product] : []), ...(settings?.products ?? [])])].sort()
  const set = (part: Partial<IssueFilter>) => onChange({ ...filter, ...part })
  return (
    <search className={classes.filters} aria-label={t('filters')}>
      <NativeSelect
        label={t('stateLabel')}
        data={states.map((value) => ({ value, label: t(`state.${value}`) }))}
        value={filter.state}
        onChange={(event) => set({ state: event.currentTarget.value as IssueFilter['state'] })}
      />
      <NativeSelect
        label={t('periodLabel')}
        data={[
          { value: '', label: t('period.any') },
          ...periods.map((value) => ({ value, label: t(`period.${value}`) })),
        ]}
        value={filter.period ?? ''}
        onChange={(event) => set({ period: periods.find((each) => each === event.currentTarget.value) })}
      />
      {products.length > 0 && (
        <NativeSelect
          label={t('product')}
          data={[{ value: '', label: t('anyProduct') }, ...products]}
          value={filter.product ?? ''}
          onChange={(event) => set({ product: event.currentTarget.value || undefined })}
        />
      )}
      <NativeSelect
        label={t('sortLabel')}
        data={orders.map((value) => ({ value, label: t(`sort.${value}`) }))}
        value={filter.sort}
        onChange={(event) => set({ sort: event.currentTarget.value as IssueFilter['sort'] })}
      />
    </search>
  )
}
