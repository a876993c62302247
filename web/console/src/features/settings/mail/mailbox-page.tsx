import type { Inbox, Mailbox } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { intoView } from '../../../lib/into-view'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { MoreTab } from '../inboxes/more-tab'
import { isMailTab, mailTabs } from '../model/tabs'
import { useDraft } from '../model/use-draft'
import { Page } from '../parts/page'
import { SaveBar } from '../parts/save-bar'
import classes from '../settings.module.css'
import { DnsRecords } from './dns-records'
import { type MailboxDraft, needsOauth, noSecrets, patchOf } from './model'
import { OauthBox } from './oauth-box'
import { changeMailbox, mailboxQuery } from './queries'
import { HealthTab } from './tabs/health-tab'
import { ReceivingTab } from './tabs/receiving-tab'
import { RepliesTab } from './tabs/replies-tab'
import { SendingTab } from './tabs/sending-tab'

const route = getRouteApi('/work/settings/inboxes/$inboxId')

/** One mailbox: how mail comes in and goes out, what stands under replies, its DNS and its health. */
export function MailboxPage({ inbox }: { inbox: Inbox }): ReactNode {
  const mailbox = useQuery(mailboxQuery(inbox.id))
  return (
    <Page title={inbox.name} text={mailbox.data?.address} back="/settings/inboxes" isWide>
      {mailbox.isPending && <RowSkeletons rows={5} height={60} />}
      {mailbox.isError && <Failed error={mailbox.error} retry={() => void mailbox.refetch()} />}
      {mailbox.data && <Loaded key={inbox.id} inbox={inbox} mailbox={mailbox.data} />}
    </Page>
  )
}

function Loaded({ inbox, mailbox }: { inbox: Inbox; mailbox: Mailbox }) {
  const { t } = useTranslation(['mailboxes', 'settings'])
  const { tab: wanted } = route.useSearch()
  const tab = isMailTab(wanted) ? wanted : 'receiving'
  const draft = useDraft<MailboxDraft>({ ...mailbox, ...noSecrets })
  const stale = [keys.settings.mailbox(inbox.id), keys.settings.mailHealth]
  const save = useAct(changeMailbox, stale, t('settings:saved'))
  const isOauth = needsOauth(draft.value.incoming, draft.value.outgoing)
  return (
    <>
      <nav className={classes.tabs} aria-label={inbox.name}>
        {mailTabs.map((each) => (
          <Link
            key={each}
            to="."
            search={{ tab: each }}
            replace
            ref={each === tab ? intoView : undefined}
            className={classes.tab}
            aria-current={each === tab ? 'page' : undefined}
          >
            {t(`mailboxes:tabs.${each}`)}
          </Link>
        ))}
      </nav>
      {tab === 'receiving' && <ReceivingTab saved={mailbox} draft={draft} />}
      {tab === 'sending' && <SendingTab saved={mailbox} draft={draft} />}
      {(tab === 'receiving' || tab === 'sending') && isOauth && (
        <div className={classes.column}>
          <OauthBox mailbox={mailbox} isDirty={draft.isDirty} />
        </div>
      )}
      {tab === 'replies' && <RepliesTab draft={draft} />}
      {tab === 'dns' && <DnsRecords mailbox={mailbox} />}
      {tab === 'health' && <HealthTab inboxId={inbox.id} />}
      {tab === 'options' && <MoreTab inbox={inbox} />}
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={save.isPending}
        onSave={() => save.mutate({ id: inbox.id, ...patchOf(draft.changes) }, { onSuccess: draft.discard })}
        onDiscard={draft.discard}
      />
    </>
  )
}
