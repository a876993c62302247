import { NativeSelect } from '@mantine/core'
import type { Audience } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { languages } from '../../../lib/locale'

interface Values {
  locale: string
  audience: Audience
}

interface Props {
  values: Values
  isLocked?: boolean
  onChange: (change: Partial<Values>) => void
}

/** In which language a text is written, and who may be answered from it. */
export function CommonFields({ values, isLocked = false, onChange }: Props) {
  const { t } = useTranslation('sources')
  const locales = new Set([...Object.keys(languages), values.locale])
  return (
    <>
      <NativeSelect
        label={t('field.audience')}
        description={t(`audienceText.${values.audience}`)}
        value={values.audience}
        data={(['public', 'internal'] as const).map((value) => ({ value, label: t(`audience.${value}`) }))}
        onChange={(event) => onChange({ audience: event.currentTarget.value as Audience })}
      />
      <NativeSelect
        label={t('field.locale')}
        description={t('field.localeText')}
        value={values.locale}
        disabled={isLocked}
        data={[...locales].map((value) => ({ value, label: languages[value as 'en'] ?? value }))}
        onChange={(event) => onChange({ locale: event.currentTarget.value })}
      />
    </>
  )
}
