import { IconMessages } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Resizer } from '../../components/resizer'
import { Empty } from '../../components/states'
import { useNarrow } from '../../lib/use-narrow'
import { store, useRemembered } from '../../lib/use-remembered'
import classes from './inbox.module.css'
import { ConversationList } from './list/conversation-list'
import { liveCaches } from './model/live'

const route = getRouteApi('/work/inbox/$view')

/** The list, and beside it what is open. One of the two on a narrow screen. */
export function InboxPage(): ReactNode {
  const { t } = useTranslation('inbox')
  const queries = useQueryClient()
  const narrow = useNarrow()
  const { view } = route.useParams()
  const { conversationId } = useParams({ strict: false })
  const [width, setWidth] = useRemembered('inbox.list', 360)
  useEffect(() => store('inbox.view', view), [view])
  useEffect(() => void liveCaches(queries), [queries])

  if (narrow) return conversationId ? <Outlet /> : <ConversationList />
  return (
    <div className={classes.panes}>
      <div className={classes.listPane} style={{ width }}>
        <ConversationList />
      </div>
      <Resizer label={t('panes.list')} width={width} min={280} max={520} side="before" onChange={setWidth} />
      <Outlet />
    </div>
  )
}

export function NothingOpen(): ReactNode {
  const { t } = useTranslation('inbox')
  return (
    <div className={classes.nothing}>
      <Empty icon={IconMessages} title={t('open.none')} text={t('open.noneText')} />
    </div>
  )
}
