import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Resizer } from '../../components/resizer'
import { Failed } from '../../components/states'
import { getRealtime, useTopic } from '../../lib/realtime'
import { useTight } from '../../lib/use-narrow'
import { useRemembered } from '../../lib/use-remembered'
import { conversationQuery } from '../../queries/conversations'
import { AssistantStrip } from './actions/assistant-strip'
import { Composer, type ComposerHandle } from './composer/composer'
import { Header, HeaderSkeleton } from './conversation/header'
import { Thread } from './conversation/thread'
import { useSeen } from './conversation/use-seen'
import classes from './inbox.module.css'
import { liveCaches } from './model/live'

// The conversation comes first; whose it is may follow a moment later.
const ContextPane = lazy(() => import('./context/context-pane').then((module) => ({ default: module.ContextPane })))

const route = getRouteApi('/work/inbox/$view/$conversationId')

/** The open conversation and, beside it, the customer. */
export function ConversationPage(): ReactNode {
  const { conversationId } = route.useParams()
  return <OpenConversation key={conversationId} id={conversationId} />
}

function OpenConversation({ id }: { id: string }) {
  const { t } = useTranslation('inbox')
  const queries = useQueryClient()
  const isTight = useTight()
  const { panel } = route.useSearch()
  const conversation = useQuery(conversationQuery(id))
  const [isContextOpen, setContextOpen] = useRemembered('inbox.context.open', true)
  const [width, setWidth] = useRemembered('inbox.context', 320)
  const composer = useRef<ComposerHandle>(null)

  useEffect(() => void liveCaches(queries), [queries])
  useTopic(`conversation:${id}`)
  useViewing(id)
  useSeen(conversation.data)

  if (conversation.isError && !conversation.data) {
    return (
      <div className={classes.conversation} data-fullscreen>
        <Failed error={conversation.error} retry={() => void conversation.refetch()} />
      </div>
    )
  }
  const row = conversation.data
  if (isTight && panel === 'customer' && row) {
    return (
      <Suspense>
        <ContextPane conversation={row} className={classes.contextFull} isFull />
      </Suspense>
    )
  }
  return (
    <>
      <article className={classes.conversation} data-fullscreen aria-label={t('panes.conversation')}>
        {row ? (
          <Header
            conversation={row}
            isContextOpen={isContextOpen}
            onToggleContext={() => setContextOpen(!isContextOpen)}
          />
        ) : (
          <HeaderSkeleton />
        )}
        <Thread id={id} conversation={row} onRestore={(restored) => composer.current?.restore(restored)} />
        {row && <AssistantStrip conversation={row} />}
        {row?.is_erased && <p className={classes.erased}>{t('composer.erased')}</p>}
        {row && !row.is_erased && <Composer conversation={row} ref={composer} />}
      </article>
      {!isTight && isContextOpen && row && (
        <>
          <Resizer label={t('panes.context')} width={width} min={260} max={480} side="after" onChange={setWidth} />
          <div style={{ width }} className={classes.context}>
            <Suspense>
              <ContextPane conversation={row} />
            </Suspense>
          </div>
        </>
      )}
    </>
  )
}

/** Tell the colleagues that I look at this conversation, and when I stop. */
function useViewing(id: string) {
  useEffect(() => {
    getRealtime().viewing(id)
    return () => void getRealtime().viewing(null)
  }, [id])
}
