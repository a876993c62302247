import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import type { Mailbox, MailOauthIn } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { Section } from '../parts/page'
import { Copyable } from '../parts/secret'
import classes from '../settings.module.css'
import { beginSignIn } from './queries'

const providers = ['google', 'microsoft', 'other'] as const
type Provider = (typeof providers)[number]

/** Where the provider sends the browser back to. */
export const returnAddress = () => `${window.location.origin}/settings/inboxes/signed-in`

/** Lets us into a mailbox at its provider, with a client that was registered there. */
export function OauthBox({ mailbox, isDirty }: { mailbox: Mailbox; isDirty: boolean }) {
  const { t } = useTranslation('mailboxes')
  const known = mailbox.incoming.provider ?? mailbox.outgoing.provider ?? 'google'
  const [body, setBody] = useState<MailOauthIn>({ provider: known, client_id: '' })
  const set = (change: Partial<MailOauthIn>) => setBody((before) => ({ ...before, ...change }))
  const begin = useAct(beginSignIn, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    begin.mutate({ id: mailbox.inbox_id, ...body }, { onSuccess: ({ url }) => window.location.assign(url) })
  }
  return (
    <Section title={t('oauth.title')} text={t('oauth.text')}>
      <form className={`${classes.card} ${classes.form}`} onSubmit={submit}>
        <p className={classes.quiet}>{t(mailbox.is_signed_in ? 'oauth.isIn' : 'oauth.isOut')}</p>
        <div className={classes.field}>
          <span className={classes.fieldLabel}>{t('oauth.redirect')}</span>
          <Copyable value={returnAddress()} />
        </div>
        <NativeSelect
          label={t('oauth.provider')}
          value={body.provider}
          onChange={(event) => set({ provider: event.currentTarget.value as Provider })}
          data={providers.map((each) => ({ value: each, label: t(`oauth.providers.${each}`) }))}
        />
        <div className={classes.pair}>
          <TextInput
            label={t('oauth.clientId')}
            value={body.client_id}
            required
            dir="ltr"
            autoComplete="off"
            onChange={(event) => set({ client_id: event.currentTarget.value.trim() })}
          />
          <PasswordInput
            label={t('oauth.clientSecret')}
            value={body.client_secret ?? ''}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('server.show') }}
            onChange={(event) => set({ client_secret: event.currentTarget.value || null })}
          />
        </div>
        {body.provider === 'other' && <Addresses body={body} set={set} />}
        <div className={classes.actions}>
          {isDirty && <span className={classes.quiet}>{t('oauth.saveFirst')}</span>}
          <Button type="submit" loading={begin.isPending} disabled={isDirty}>
            {t(mailbox.is_signed_in ? 'oauth.again' : 'oauth.begin')}
          </Button>
        </div>
      </form>
    </Section>
  )
}

function Addresses({ body, set }: { body: MailOauthIn; set: (change: Partial<MailOauthIn>) => void }) {
  const { t } = useTranslation('mailboxes')
  return (
    <>
      <TextInput
        label={t('oauth.authorizeUrl')}
        type="url"
        dir="ltr"
        required
        value={body.authorize_url ?? ''}
        onChange={(event) => set({ authorize_url: event.currentTarget.value || null })}
      />
      <TextInput
        label={t('oauth.tokenUrl')}
        type="url"
        dir="ltr"
        required
        value={body.token_url ?? ''}
        onChange={(event) => set({ token_url: event.currentTarget.value || null })}
      />
      <TextInput
        label={t('oauth.scope')}
        dir="ltr"
        required
        value={body.scope ?? ''}
        onChange={(event) => set({ scope: event.currentTarget.value || null })}
      />
    </>
  )
}
