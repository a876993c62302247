import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../../queries/me'
import { Page } from '../parts/page'
import { Erasures, Exports } from './past'
import { Rules } from './rules'

/** How long things are kept, and who was told or forgotten. */
export function PrivacyPage(): ReactNode {
  const { t } = useTranslation('privacy')
  const mayExport = useCan('customers.export')
  const mayErase = useCan('customers.erase')
  return (
    <Page title={t('page.title')} text={t('page.text')}>
      <Rules />
      {mayErase && <Erasures />}
      {mayExport && <Exports />}
    </Page>
  )
}
