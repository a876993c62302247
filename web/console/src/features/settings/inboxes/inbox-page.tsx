import type { AssistantSettings, Id, Inbox, WebChat } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { intoView } from '../../../lib/into-view'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { inboxesQuery } from '../../../queries/people'
import { AssistantTab } from '../assistant/assistant-tab'
import { MailboxPage } from '../mail/mailbox-page'
import { inboxTabs, isInboxTab } from '../model/tabs'
import { useDraft } from '../model/use-draft'
import { Page } from '../parts/page'
import { SaveBar } from '../parts/save-bar'
import classes from '../settings.module.css'
import { InstallTab } from './install-tab'
import { IntroTab } from './intro-tab'
import { LookTab } from './look-tab'
import { MoreTab } from './more-tab'
import { Preview } from './preview'
import { assistantQuery, changeWebchat, webchatQuery } from './queries'

const route = getRouteApi('/work/settings/inboxes/$inboxId')

/** One inbox, as its channel has it. */
export function InboxPage(): ReactNode {
  const { inboxId } = route.useParams()
  const { t } = useTranslation('settings')
  const inboxes = useQuery(inboxesQuery)
  const inbox = inboxes.data?.find((each) => each.id === inboxId)
  if (inboxes.isPending)
    return (
      <Page title={t('inboxes.title')} back="/settings/inboxes" isWide>
        <RowSkeletons rows={5} height={60} />
      </Page>
    )
  return inbox?.channel === 'email' ? <MailboxPage inbox={inbox} /> : <ChatPage inboxId={inboxId} />
}

/** One web chat: how it looks, what it asks, how it gets onto a page, and how its assistant behaves. */
function ChatPage({ inboxId }: { inboxId: Id }) {
  const { t } = useTranslation('settings')
  const inboxes = useQuery(inboxesQuery)
  const webchat = useQuery(webchatQuery(inboxId))
  const assistant = useQuery(assistantQuery(inboxId))
  const inbox = inboxes.data?.find((each) => each.id === inboxId)
  const error = webchat.error ?? inboxes.error
  return (
    <Page title={inbox?.name ?? t('inboxes.title')} back="/settings/inboxes" isWide>
      {error && <Failed error={error} retry={() => void webchat.refetch()} />}
      {!error && !(inbox && webchat.data) && <RowSkeletons rows={5} height={60} />}
      {inbox && webchat.data && (
        <Loaded key={inbox.id} inbox={inbox} webchat={webchat.data} assistant={assistant.data} />
      )}
    </Page>
  )
}

interface Props {
  inbox: Inbox
  webchat: WebChat
  assistant: AssistantSettings | undefined
}

function Loaded({ inbox, webchat, assistant }: Props) {
  const { t } = useTranslation('settings')
  const { tab: wanted } = route.useSearch()
  const tab = isInboxTab(wanted) ? wanted : 'look'
  const draft = useDraft(webchat)
  const save = useAct(changeWebchat, [keys.settings.webchat(inbox.id)], t('saved'))
  return (
    <>
      <nav className={classes.tabs} aria-label={inbox.name}>
        {inboxTabs.map((each) => (
          <Link
            key={each}
            to="."
            search={{ tab: each }}
            replace
            ref={each === tab ? intoView : undefined}
            className={classes.tab}
            aria-current={each === tab ? 'page' : undefined}
          >
            {t(`inboxes.tabs.${each}`)}
          </Link>
        ))}
      </nav>
      {tab === 'look' && (
        <div className={classes.withPreview}>
          <LookTab draft={draft} />
          <Preview webchat={draft.value} assistant={assistant} />
        </div>
      )}
      {tab === 'intro' && <IntroTab draft={draft} />}
      {tab === 'install' && <InstallTab draft={draft} />}
      {tab === 'assistant' && <AssistantTab inboxId={inbox.id} />}
      {tab === 'more' && <MoreTab inbox={inbox} />}
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={save.isPending}
        onSave={() => save.mutate({ id: inbox.id, ...draft.changes }, { onSuccess: draft.discard })}
        onDiscard={draft.discard}
      />
    </>
  )
}
