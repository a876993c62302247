import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import type { Mailbox, Outgoing } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import type { Draft } from '../../model/use-draft'
import classes from '../../settings.module.css'
import { isSameServer, type MailboxDraft } from '../model'
import { ServerFields } from '../server-fields'
import { Trial } from '../trial'

const kinds = ['smtp', 'none'] as const

interface Props {
  saved: Mailbox
  draft: Draft<MailboxDraft>
}

/** How answers go out. */
export function SendingTab({ saved, draft }: Props) {
  const { t } = useTranslation('mailboxes')
  const { value, set } = draft
  const { outgoing } = value
  const change = (next: Outgoing) => set({ outgoing: next })
  return (
    <div className={`${classes.column} ${classes.card} ${classes.form}`}>
      <NativeSelect
        label={t('sending.kind')}
        value={outgoing.kind}
        onChange={(event) => change({ ...outgoing, kind: event.currentTarget.value as Outgoing['kind'] })}
        data={kinds.map((each) => ({ value: each, label: t(`sending.kinds.${each}`) }))}
      />
      <TextInput
        label={t('sending.fromName')}
        description={t('sending.fromNameHint')}
        value={value.from_name}
        maxLength={200}
        dir="auto"
        onChange={(event) => set({ from_name: event.currentTarget.value })}
      />
      {outgoing.kind === 'smtp' && <Smtp saved={saved} draft={draft} change={change} />}
    </div>
  )
}

function Smtp({ saved, draft, change }: Props & { change: (next: Outgoing) => void }) {
  const { t } = useTranslation('mailboxes')
  const { value, set } = draft
  const { outgoing, incoming } = value
  const fits = isSameServer(saved.outgoing, outgoing)
  return (
    <>
      <ServerFields
        way="smtp"
        value={outgoing}
        onChange={change}
        password={value.smtp_password}
        onPassword={(smtp_password) => set({ smtp_password })}
        isKept={saved.smtp_password_set && fits}
        isGone={saved.smtp_password_set && !fits}
      />
      <NumberInput
        label={t('sending.perMinute')}
        description={t('sending.perMinuteHint')}
        value={outgoing.per_minute ?? ''}
        min={1}
        max={10_000}
        allowDecimal={false}
        allowNegative={false}
        onChange={(most) => change({ ...outgoing, per_minute: Number(most) || null })}
      />
      <Trial
        withLetter
        body={{
          inbox_id: saved.inbox_id,
          address: value.address,
          outgoing,
          incoming: incoming.kind === 'imap' ? incoming : null,
          imap_password: value.imap_password || null,
          smtp_password: value.smtp_password || null,
        }}
      />
    </>
  )
}
