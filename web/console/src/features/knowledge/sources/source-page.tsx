import { Button, Menu } from '@mantine/core'
import type { WebsiteDetail } from '@rapport/client'
import { IconDots, IconExternalLink, IconPencil, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../../../components/confirm'
import { IconButton } from '../../../components/icon-button'
import { Sheet } from '../../../components/sheet'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { keys } from '../../../queries/keys'
import { useLiveSources } from '../../../queries/live-sources'
import { useCan } from '../../../queries/me'
import { deleteWebsite, websiteQuery } from '../../../queries/sources'
import { CrawlCard } from './crawl-card'
import { EditWebsiteDialog } from './edit-website-dialog'
import { PagesCard } from './pages-card'
import { SetUpCard } from './set-up-card'
import classes from './sources.module.css'
import { AudienceMark, SiteMark } from './state-mark'
import { TrialCard } from './trial-card'

const route = getRouteApi('/work/knowledge/sources/$sourceId')

/** One website: how its crawl goes, what came of each page, and what the assistant reads of it. */
export function SourcePage(): ReactNode {
  const { t } = useTranslation('sources')
  const { sourceId } = route.useParams()
  const website = useQuery(websiteQuery(sourceId))
  useLiveSources()
  if (website.data) return <OpenWebsite key={sourceId} website={website.data} />
  return (
    <Sheet title={t('website')} back="/knowledge/sources">
      {website.isError ? (
        <Failed error={website.error} retry={() => void website.refetch()} />
      ) : (
        <RowSkeletons rows={5} />
      )}
    </Sheet>
  )
}

export function OpenWebsite({ website }: { website: WebsiteDetail }) {
  const format = useFormat()
  const mayWrite = useCan('knowledge.write')
  const isNew = website.state === 'new'
  return (
    <Sheet title={<bdi>{website.name}</bdi>} back="/knowledge/sources" action={mayWrite && <Acts website={website} />}>
      <div className={classes.facts}>
        <SiteMark state={website.state} />
        <AudienceMark audience={website.audience} />
        <span className={classes.note}>{format.language(website.locale)}</span>
        <a href={website.start_url} target="_blank" rel="noreferrer" className={classes.link} dir="ltr">
          {website.start_url}
          <IconExternalLink size={14} aria-hidden />
        </a>
      </div>
      {isNew ? null : <CrawlCard website={website} />}
      {mayWrite && <TrialCard website={website} isFirst={isNew} />}
      {isNew && mayWrite && <SetUpCard website={website} />}
      {isNew ? null : <PagesCard website={website} />}
    </Sheet>
  )
}

function Acts({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation(['sources', 'common'])
  const navigate = useNavigate()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  // What is deleted leaves the screen as soon as the server tells of it, so going away is part of the act.
  const deleteAndGo = async () => {
    await deleteWebsite(website.id)
    await navigate({ to: '/knowledge/sources', replace: true })
  }
  const remove = useAct(deleteAndGo, [keys.sources.websites], t('sources:delete.done'))
  const close = () => setOpen(null)
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>
        {t('sources:edit.act')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <IconButton size="lg" label={t('common:action.more')}>
            <IconDots size={20} stroke={1.6} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>
            {t('sources:delete.act')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <EditWebsiteDialog website={website} onClose={close} />}
      <Confirm
        opened={open === 'delete'}
        title={t('sources:delete.title', { name: website.name })}
        text={t('sources:delete.text', { count: website.indexed })}
        act={t('sources:delete.act')}
        isBusy={remove.isPending}
        onAct={() => remove.mutate(undefined)}
        onClose={close}
      />
    </>
  )
}
