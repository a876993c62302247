import { ActionIcon, Skeleton } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import type { MyConversation } from '@rapport/client'
import { IconArrowLeft, IconLayoutSidebarRight, IconUserCircle } from '@tabler/icons-react'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Hint } from '../../../components/key-hint'
import { useShortcuts } from '../../../lib/keys'
import { personName } from '../../../lib/person-name'
import { useNarrow, useTight } from '../../../lib/use-narrow'
import { useCan } from '../../../queries/me'
import { ActionBar } from '../actions/action-bar'
import classes from './conversation.module.css'
import { Viewers } from './viewers'

const route = getRouteApi('/work/inbox/$view/$conversationId')

const compactBelowPx = 560

interface Props {
  conversation: MyConversation
  isContextOpen: boolean
  onToggleContext: () => void
}

/** Whose conversation it is, what it is about, and what can be done with it. */
export function Header({ conversation, isContextOpen, onToggleContext }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const narrow = useNarrow()
  const { view } = route.useParams()
  const isTight = useTight()
  const { ref, width } = useElementSize<HTMLElement>()
  const isCompact = narrow || (width > 0 && width < compactBelowPx)
  const canAct = useCan('conversations.resolve')
  const Heading = narrow ? 'h1' : 'h2'
  const name = personName(conversation.customer) || t('common:visitor')
  return (
    <header ref={ref} className={classes.header}>
      {narrow && <Back view={view} />}
      <div className={classes.heading}>
        <Heading className={classes.name}>
          <bdi>{name}</bdi>
        </Heading>
        <p className={classes.subject}>
          <span className="tabular">#{conversation.number}</span>
          {conversation.subject && <bdi>{conversation.subject}</bdi>}
        </p>
      </div>
      <Viewers conversationId={conversation.id} />
      {canAct && <ActionBar conversation={conversation} isCompact={isCompact} />}
      {isTight ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('inbox:panes.context')}
          renderRoot={(props) => (
            <Link
              {...props}
              to="/inbox/$view/$conversationId"
              params={{ view, conversationId: conversation.id }}
              search={(previous) => ({ ...previous, panel: 'customer' })}
            />
          )}
        >
          <IconUserCircle size={22} stroke={1.6} />
        </ActionIcon>
      ) : (
        <Hint label={t(isContextOpen ? 'inbox:panes.hideContext' : 'inbox:panes.showContext')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-pressed={isContextOpen}
            aria-label={t('inbox:panes.context')}
            onClick={onToggleContext}
          >
            <IconLayoutSidebarRight size={20} stroke={1.6} />
          </ActionIcon>
        </Hint>
      )}
    </header>
  )
}

/** The browser's own back where we came from the list, so that its place is kept. */
function Back({ view }: { view: string }) {
  const { t } = useTranslation('common')
  const router = useRouter()
  const back = () => (router.history.canGoBack() ? router.history.back() : router.history.push(`/inbox/${view}`))
  useShortcuts([{ keys: 'Escape', label: t('action.back'), run: back }])
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('action.back')} onClick={back}>
      <IconArrowLeft size={22} stroke={1.6} className={classes.mirrored} />
    </ActionIcon>
  )
}

export const HeaderSkeleton = () => (
  <header className={classes.header}>
    <Skeleton height={12} width={160} />
  </header>
)
