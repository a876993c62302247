import { TextInput } from '@mantine/core'
import type { Workspace } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { changeWorkspace, workspaceQuery } from '../../../queries/workspace'
import { useDraft } from '../model/use-draft'
import { Page } from '../parts/page'
import { SaveBar } from '../parts/save-bar'
import classes from '../settings.module.css'

/** What concerns the whole workspace. */
export function WorkspacePage(): ReactNode {
  const { t } = useTranslation('settings')
  const workspace = useQuery(workspaceQuery)
  return (
    <Page title={t('workspace.title')} text={t('workspace.text')}>
      {workspace.isPending && <RowSkeletons rows={2} height={60} />}
      {workspace.isError && <Failed error={workspace.error} retry={() => void workspace.refetch()} />}
      {workspace.data && <Form workspace={workspace.data} />}
    </Page>
  )
}

function Form({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation('settings')
  const draft = useDraft({ name: workspace.name })
  const save = useAct(changeWorkspace, [keys.settings.workspace, keys.me], t('saved'))
  return (
    <>
      <div className={`${classes.card} ${classes.form}`}>
        <TextInput
          label={t('workspace.name')}
          description={t('workspace.nameHint')}
          value={draft.value.name}
          required
          maxLength={200}
          dir="auto"
          onChange={(event) => draft.set({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('workspace.slug')}
          description={t('workspace.slugHint')}
          value={workspace.slug}
          readOnly
          dir="ltr"
        />
      </div>
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={save.isPending}
        onSave={() => save.mutate(draft.value, { onSuccess: draft.discard })}
        onDiscard={draft.discard}
      />
    </>
  )
}
