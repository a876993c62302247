import { NativeSelect, PasswordInput } from '@mantine/core'
import type { Incoming } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { Copyable } from '../parts/secret'
import classes from '../settings.module.css'

const services = ['postmark', 'mailgun', 'sendgrid', 'ses', 'raw'] as const
type Service = (typeof services)[number]

interface Props {
  value: Incoming
  onChange: (value: Incoming) => void
  secret: string
  onSecret: (secret: string) => void
  isKept?: boolean
  /** What the service is given; null until it is saved. */
  url: string | null
}

/** Which service posts the mail, by what it signs, and where it posts to. */
export function WebhookFields({ value, onChange, secret, onSecret, isKept, url }: Props) {
  const { t } = useTranslation('mailboxes')
  const service: Service = value.webhook ?? 'postmark'
  return (
    <>
      <NativeSelect
        label={t('receiving.webhook')}
        value={service}
        onChange={(event) => onChange({ ...value, webhook: event.currentTarget.value as Service })}
        data={services.map((each) => ({ value: each, label: t(`receiving.webhooks.${each}`) }))}
      />
      <PasswordInput
        label={t('receiving.webhookSecret')}
        description={t(`receiving.webhookSecretHint.${service}`)}
        value={secret}
        placeholder={isKept ? t('server.passwordKept') : undefined}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('server.show') }}
        onChange={(event) => onSecret(event.currentTarget.value)}
      />
      <div className={classes.field}>
        <span className={classes.fieldLabel}>{t('receiving.webhookUrl')}</span>
        {url ? <Copyable value={url} /> : <span className={classes.quiet}>{t('receiving.webhookUrlLater')}</span>}
      </div>
    </>
  )
}
