import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import { currencies } from './model'

interface Props {
  /** A code of ISO 4217, or empty. */
  value: string
  isRequired: boolean
  onChange: (to: string) => void
}

/** The one currency of all prices, costs and budgets. */
export function CurrencySelect({ value, isRequired, onChange }: Props) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const data = useMemo(
    () => [
      { value: '', label: t('currency.none'), disabled: Boolean(value) },
      ...currencies().map((code) => ({ value: code, label: `${code} – ${format.currency(code)}` })),
    ],
    [t, format, value],
  )
  return (
    <NativeSelect
      label={t('currency.label')}
      description={t('currency.hint')}
      data={data}
      value={value}
      required={isRequired}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
