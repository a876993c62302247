import { Button } from '@mantine/core'
import { IconNotes, IconUpload, IconWorldPlus, IconWorldWww } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Sheet } from '../../../components/sheet'
import { Empty } from '../../../components/states'
import { useShortcuts } from '../../../lib/keys'
import { useLiveSources } from '../../../queries/live-sources'
import { useCan } from '../../../queries/me'
import { textsQuery, websitesQuery } from '../../../queries/sources'
import { useCommands } from '../../../shell/commands'
import { Parts } from '../parts'
import { AddWebsiteDialog } from './add-website-dialog'
import { SnippetDialog } from './snippet-dialog'
import classes from './sources.module.css'
import { TextList } from './text-list'
import { UploadDialog } from './upload-dialog'
import { WebsiteList } from './website-list'

type Open = 'website' | 'files' | 'snippet' | null

/** What questions are answered from beside the articles: websites, files, snippets. */
export function SourcesPage(): ReactNode {
  useLiveSources()
  return <Sources />
}

export function Sources() {
  const { t } = useTranslation('sources')
  const navigate = useNavigate()
  const mayWrite = useCan('knowledge.write')
  const [open, setOpen] = useState<Open>(null)
  const isEmpty = useIsEmpty()
  const close = () => setOpen(null)
  return (
    <div className={classes.place}>
      <Parts current="sources" />
      <Sheet title={t('title')} text={t('text')} action={mayWrite && <Ways onOpen={setOpen} />}>
        {isEmpty ? (
          <Empty
            icon={IconWorldWww}
            title={t('none')}
            text={t(mayWrite ? 'noneText' : 'noneRead')}
            action={
              mayWrite && (
                <Button leftSection={<IconWorldPlus size={16} aria-hidden />} onClick={() => setOpen('website')}>
                  {t('add.act')}
                </Button>
              )
            }
          />
        ) : (
          <>
            <WebsiteList />
            <TextList />
          </>
        )}
      </Sheet>
      {open === 'website' && <AddWebsiteDialog onClose={close} />}
      {open === 'files' && <UploadDialog onClose={close} />}
      {open === 'snippet' && (
        <SnippetDialog
          onClose={close}
          onDone={({ id }) => void navigate({ to: '/knowledge/documents/$documentId', params: { documentId: id } })}
        />
      )}
    </div>
  )
}

/** Whether there is nothing yet: known only when both lists are there. */
function useIsEmpty(): boolean {
  const websites = useInfiniteQuery(websitesQuery).data?.pages[0]
  const texts = useInfiniteQuery(textsQuery(undefined)).data?.pages[0]
  return websites?.items.length === 0 && texts?.items.length === 0
}

/** The three ways to add something, by button, key and palette. */
function Ways({ onOpen }: { onOpen: (open: Open) => void }) {
  const { t } = useTranslation(['sources', 'knowledge'])
  const group = t('knowledge:title')
  const ways = [
    { id: 'website', keys: 'c', label: t('sources:add.act'), icon: IconWorldPlus },
    { id: 'files', keys: 'u', label: t('sources:upload.act'), icon: IconUpload },
    { id: 'snippet', keys: 'n', label: t('sources:snippet.act'), icon: IconNotes },
  ] as const
  useShortcuts(ways.map(({ id, keys, label }) => ({ keys, label, group, run: () => onOpen(id) })))
  useCommands(ways.map(({ id, ...way }) => ({ ...way, id: `add-${id}`, group, run: () => onOpen(id) })))
  return (
    <div className={classes.ways}>
      {ways.map(({ id, label, icon: Icon }) => (
        <Button
          key={id}
          variant={id === 'website' ? 'filled' : 'default'}
          leftSection={<Icon size={16} aria-hidden />}
          onClick={() => onOpen(id)}
        >
          {label}
        </Button>
      ))}
    </div>
  )
}
