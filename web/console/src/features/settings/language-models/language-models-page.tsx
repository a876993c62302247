import { Alert, Button } from '@mantine/core'
import type { LanguageModel, LanguageModels } from '@rapport/client'
import { IconPlus, IconSparkles } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { Page, Section } from '../parts/page'
import { Budgets } from './budgets'
import { Calls } from './calls'
import { ModelDialog } from './model-dialog'
import { ModelList } from './model-list'
import { languageModelsQuery } from './queries'
import { Tasks } from './tasks'
import { Understanding } from './understanding'

/** The language models of the workspace: which, in what order, for how much, and what they did. */
export function LanguageModelsPage(): ReactNode {
  const { t } = useTranslation('models')
  const query = useQuery(languageModelsQuery)
  return (
    <Page title={t('title')} text={t('text')}>
      {query.isPending && <RowSkeletons rows={4} height={60} />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Loaded configured={query.data} />}
    </Page>
  )
}

function Loaded({ configured }: { configured: LanguageModels }) {
  const { t } = useTranslation('models')
  const [edited, setEdited] = useState<LanguageModel | 'new' | null>(null)
  const { models } = configured
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <Section title={t('list.title')} text={t('list.text')} action={models.length > 0 && models.length < 10 && add}>
        {models.length > 0 ? (
          <ModelList configured={configured} onEdit={setEdited} />
        ) : (
          <Empty icon={IconSparkles} title={t('list.none')} text={t('list.noneText')} action={add} />
        )}
        {models.length === 0 && configured.has_default && <Alert color="blue">{t('list.default')}</Alert>}
      </Section>
      <Budgets configured={configured} />
      <Tasks configured={configured} />
      <Understanding />
      <Calls />
      {edited && (
        <ModelDialog
          configured={configured}
          saved={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  )
}
