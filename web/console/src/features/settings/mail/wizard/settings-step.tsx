import { Button, Checkbox, NativeSelect } from '@mantine/core'
import type { Incoming, Outgoing } from '@rapport/client'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '../../parts/page'
import classes from '../../settings.module.css'
import { ServerFields } from '../server-fields'
import { WebhookFields } from '../webhook-fields'
import type { Setup } from './setup'

const incomingKinds = ['imap', 'receiver', 'webhook', 'none'] as const
const outgoingKinds = ['smtp', 'none'] as const

interface Props {
  setup: Setup
  onChange: (change: Partial<Setup>) => void
  onBack: () => void
  onNext: () => void
}

/** The servers, and what opens them. */
export function SettingsStep({ setup, onChange, onBack, onNext }: Props) {
  const { t } = useTranslation('mailboxes')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onNext()
  }
  return (
    <form onSubmit={submit}>
      {setup.found?.note && <p className={classes.text}>{t(`note.${setup.found.note}`)}</p>}
      <Receiving setup={setup} onChange={onChange} />
      <Sending setup={setup} onChange={onChange} />
      <div className={classes.actions} style={{ marginTop: 'var(--rp-space-4)' }}>
        <Button variant="default" onClick={onBack}>
          {t('new.back')}
        </Button>
        <Button type="submit">{t('new.next')}</Button>
      </div>
    </form>
  )
}

function Receiving({ setup, onChange }: Pick<Props, 'setup' | 'onChange'>) {
  const { t } = useTranslation('mailboxes')
  const { incoming } = setup
  const change = (next: Incoming) => onChange({ incoming: next })
  const choose = (kind: Incoming['kind']) =>
    change({ ...incoming, kind, webhook: kind === 'webhook' ? (incoming.webhook ?? 'postmark') : null })
  return (
    <Section title={t('tabs.receiving')}>
      <div className={`${classes.card} ${classes.form}`}>
        <NativeSelect
          label={t('receiving.kind')}
          value={incoming.kind}
          onChange={(event) => choose(event.currentTarget.value as Incoming['kind'])}
          data={incomingKinds.map((each) => ({ value: each, label: t(`receiving.kinds.${each}`) }))}
        />
        {incoming.kind === 'imap' && (
          <ServerFields
            way="imap"
            value={incoming}
            onChange={change}
            password={setup.imap_password}
            onPassword={(imap_password) => onChange({ imap_password })}
          />
        )}
        {incoming.kind === 'receiver' && <p className={classes.text}>{t('receiving.receiverText')}</p>}
        {incoming.kind === 'webhook' && (
          <WebhookFields
            value={incoming}
            onChange={change}
            secret={setup.webhook_secret}
            onSecret={(webhook_secret) => onChange({ webhook_secret })}
            url={null}
          />
        )}
      </div>
    </Section>
  )
}

function Sending({ setup, onChange }: Pick<Props, 'setup' | 'onChange'>) {
  const { t } = useTranslation('mailboxes')
  const { outgoing, incoming } = setup
  const change = (next: Outgoing) => onChange({ outgoing: next })
  const canShare = incoming.kind === 'imap' && incoming.auth === 'password' && outgoing.auth === 'password'
  return (
    <Section title={t('tabs.sending')}>
      <div className={`${classes.card} ${classes.form}`}>
        <NativeSelect
          label={t('sending.kind')}
          value={outgoing.kind}
          onChange={(event) => change({ ...outgoing, kind: event.currentTarget.value as Outgoing['kind'] })}
          data={outgoingKinds.map((each) => ({ value: each, label: t(`sending.kinds.${each}`) }))}
        />
        {outgoing.kind === 'smtp' && (
          <ServerFields
            way="smtp"
            value={outgoing}
            onChange={change}
            password={setup.smtp_password}
            onPassword={(smtp_password) => onChange({ smtp_password })}
            hidesPassword={canShare && setup.isOnePassword}
          />
        )}
        {outgoing.kind === 'smtp' && canShare && (
          <Checkbox
            label={t('sending.samePassword')}
            checked={setup.isOnePassword}
            onChange={(event) => onChange({ isOnePassword: event.currentTarget.checked })}
          />
        )}
      </div>
    </Section>
  )
}
