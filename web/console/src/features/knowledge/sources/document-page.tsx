import { Button } from '@mantine/core'
import type { OwnText } from '@rapport/client'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { Sheet } from '../../../components/sheet'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { keys } from '../../../queries/keys'
import { useLiveSources } from '../../../queries/live-sources'
import { useCan } from '../../../queries/me'
import { deleteText, textQuery } from '../../../queries/sources'
import { Text } from './page-text'
import { SnippetDialog } from './snippet-dialog'
import classes from './sources.module.css'
import { AudienceMark } from './state-mark'

const route = getRouteApi('/work/knowledge/documents/$documentId')

/** A file or a snippet: the text as the assistant reads it. */
export function DocumentPage(): ReactNode {
  const { t } = useTranslation('sources')
  const { documentId } = route.useParams()
  const text = useQuery(textQuery(documentId))
  useLiveSources()
  if (text.data) return <OpenText key={documentId} text={text.data} />
  return (
    <Sheet title={t('texts')} back="/knowledge/sources">
      {text.isError ? <Failed error={text.error} retry={() => void text.refetch()} /> : <RowSkeletons rows={4} />}
    </Sheet>
  )
}

export function OpenText({ text }: { text: OwnText }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  const mayWrite = useCan('knowledge.write')
  return (
    <Sheet title={<bdi>{text.title}</bdi>} back="/knowledge/sources" action={mayWrite && <Acts text={text} />}>
      <div className={classes.facts}>
        <span className={classes.mark}>{t(`kind.${text.kind}`)}</span>
        <AudienceMark audience={text.audience} />
        {text.file_name && <bdi className={classes.note}>{text.file_name}</bdi>}
        <span className={classes.note}>{format.language(text.locale)}</span>
        <span className={classes.note}>
          {t('document.changed')} <TimeAgo at={text.updated_at} />
        </span>
      </div>
      <section className={classes.card} aria-label={t('document.text')}>
        <Text body={text.body} />
      </section>
      <p className={classes.quiet}>{t(`document.note.${text.kind}`)}</p>
    </Sheet>
  )
}

function Acts({ text }: { text: OwnText }) {
  const { t } = useTranslation(['sources', 'common'])
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const close = () => setOpen(null)
  // What is deleted leaves the screen as soon as the server tells of it, so going away is part of the act.
  const deleteAndGo = async () => {
    await deleteText(text.id)
    await navigate({ to: '/knowledge/sources', replace: true })
  }
  const remove = useAct(deleteAndGo, [keys.sources.textLists], t('sources:document.deleted'))
  return (
    <div className={classes.ways}>
      <Button
        variant="default"
        color="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setOpen('delete')}
      >
        {t('common:action.delete')}
      </Button>
      <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>
        {t('sources:edit.act')}
      </Button>
      {open === 'edit' && (
        <SnippetDialog
          text={text}
          onClose={close}
          onDone={(changed) => {
            queries.setQueryData(keys.sources.text(text.id), changed)
            close()
          }}
        />
      )}
      <Confirm
        opened={open === 'delete'}
        title={t('sources:document.deleteTitle', { title: text.title })}
        text={t('sources:document.deleteText')}
        act={t('common:action.delete')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(undefined)}
        onClose={close}
      />
    </div>
  )
}
