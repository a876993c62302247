import { MultiSelect, NativeSelect, TagsInput, TextInput } from '@mantine/core'
import type { Incoming, Mailbox } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Draft } from '../../model/use-draft'
import { Section } from '../../parts/page'
import classes from '../../settings.module.css'
import { isSameServer, type MailboxDraft } from '../model'
import { ServerFields } from '../server-fields'
import { Trial } from '../trial'
import { WebhookFields } from '../webhook-fields'

const kinds = ['imap', 'receiver', 'webhook', 'none'] as const

interface Props {
  saved: Mailbox
  draft: Draft<MailboxDraft>
}

/** How mail comes in. */
export function ReceivingTab({ saved, draft }: Props) {
  const { t } = useTranslation('mailboxes')
  const { value, set } = draft
  const { incoming } = value
  const change = (next: Incoming) => set({ incoming: next })
  return (
    <div className={classes.column}>
      <div className={`${classes.card} ${classes.form}`}>
        <NativeSelect
          label={t('receiving.kind')}
          value={incoming.kind}
          onChange={(event) => change(ofKind(incoming, event.currentTarget.value as Incoming['kind']))}
          data={kinds.map((each) => ({ value: each, label: t(`receiving.kinds.${each}`) }))}
        />
        {incoming.kind === 'imap' && <Imap saved={saved} draft={draft} />}
        {incoming.kind === 'receiver' && <p className={classes.text}>{t('receiving.receiverText')}</p>}
        {incoming.kind === 'webhook' && (
          <WebhookFields
            value={incoming}
            onChange={change}
            secret={value.webhook_secret}
            onSecret={(webhook_secret) => set({ webhook_secret })}
            isKept={saved.webhook_secret_set && saved.incoming.webhook === incoming.webhook}
            url={saved.incoming.webhook === incoming.webhook ? saved.webhook_url : null}
          />
        )}
      </div>
      <Addresses draft={draft} />
    </div>
  )
}

/** A service is chosen as soon as services are. */
const ofKind = (incoming: Incoming, kind: Incoming['kind']): Incoming => ({
  ...incoming,
  kind,
  webhook: kind === 'webhook' ? (incoming.webhook ?? 'postmark') : null,
})

function Imap({ saved, draft }: Props) {
  const { t } = useTranslation('mailboxes')
  const { value, set } = draft
  const { incoming } = value
  const [known, setKnown] = useState<string[]>([])
  const fits = isSameServer(saved.incoming, incoming)
  const change = (next: Incoming) => set({ incoming: next })
  const folders = {
    label: t('receiving.folders'),
    value: incoming.folders,
    onChange: (names: string[]) => change({ ...incoming, folders: names.length > 0 ? names : ['INBOX'] }),
  }
  return (
    <>
      <p className={classes.text}>{t('receiving.text')}</p>
      <ServerFields
        way="imap"
        value={incoming}
        onChange={change}
        password={value.imap_password}
        onPassword={(imap_password) => set({ imap_password })}
        isKept={saved.imap_password_set && fits}
        isGone={saved.imap_password_set && !fits}
      />
      {known.length > 0 ? (
        <MultiSelect {...folders} data={[...new Set([...known, ...incoming.folders])]} searchable />
      ) : (
        <TagsInput {...folders} description={t('receiving.foldersHint')} />
      )}
      <TextInput
        type="date"
        label={t('receiving.since')}
        description={t('receiving.sinceHint')}
        value={incoming.since ?? ''}
        onChange={(event) => change({ ...incoming, since: event.currentTarget.value || null })}
      />
      <Trial
        body={{
          inbox_id: saved.inbox_id,
          address: value.address,
          incoming,
          imap_password: value.imap_password || null,
        }}
        onDone={(trial) => setKnown((before) => trial.incoming?.folders.map((folder) => folder.name) ?? before)}
      />
    </>
  )
}

function Addresses({ draft }: { draft: Draft<MailboxDraft> }) {
  const { t } = useTranslation('mailboxes')
  const { value, set } = draft
  return (
    <Section title={t('receiving.address')}>
      <div className={`${classes.card} ${classes.form}`}>
        <TextInput
          type="email"
          label={t('receiving.address')}
          value={value.address}
          required
          dir="ltr"
          onChange={(event) => set({ address: event.currentTarget.value.trim() })}
        />
        <TagsInput
          label={t('receiving.aliases')}
          description={t('receiving.aliasesHint')}
          value={value.aliases}
          splitChars={[',', ' ', ';']}
          onChange={(aliases) => set({ aliases })}
        />
        <TextInput
          label={t('receiving.authserv')}
          description={t('receiving.authservHint')}
          value={value.trusted_authserv ?? ''}
          dir="ltr"
          onChange={(event) => set({ trusted_authserv: event.currentTarget.value.trim() || null })}
        />
      </div>
    </Section>
  )
}
