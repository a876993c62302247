import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { membersQuery } from '../../../queries/people'
import classes from './audit.module.css'
import { type Area, areas, type Filter } from './queries'

const SYSTEM = 'system:00000000-0000-0000-0000-000000000000'

interface Props {
  filter: Filter
  onChange: (filter: Filter) => void
}

/** Who, what and when. */
export function Filters({ filter, onChange }: Props) {
  const { t } = useTranslation('audit')
  const members = useQuery(membersQuery).data ?? []
  const set = (part: Partial<Filter>) => onChange({ ...filter, ...part })
  const who = [
    { value: '', label: t('everybody') },
    ...members.map(({ id, name }) => ({ value: `agent:${id}`, label: name })),
    { value: SYSTEM, label: t('system') },
  ]
  const what = [
    { value: '', label: t('everything') },
    ...(Object.keys(areas) as Area[]).map((area) => ({ value: area, label: t(`areas.${area}`) })),
  ]
  return (
    <search className={classes.filters} aria-label={t('filters')}>
      <NativeSelect
        label={t('who')}
        data={who}
        value={filter.actor}
        onChange={(event) => set({ actor: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('what')}
        data={what}
        value={filter.area}
        onChange={(event) => set({ area: event.currentTarget.value as Area | '' })}
      />
      <TextInput
        type="date"
        label={t('from')}
        value={filter.from}
        max={filter.to || undefined}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t('to')}
        value={filter.to}
        min={filter.from || undefined}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
    </search>
  )
}
