import { Alert, Button, Checkbox, NativeSelect, PasswordInput, Switch, TagsInput, TextInput } from '@mantine/core'
import { http, type IdentityProvider, type IdentityProviderIn, unwrap, type Workspace } from '@rapport/client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { changeWorkspace, workspaceQuery } from '../../../queries/workspace'
import { Confirm } from '../parts/confirm'
import { Page, Section } from '../parts/page'
import { Copyable } from '../parts/secret'
import classes from '../settings.module.css'

const providerQuery = queryOptions({
  queryKey: keys.settings.identityProvider,
  queryFn: () => unwrap<IdentityProvider | null>(http.GET('/v1/workspace/identity-provider')),
})

const demand = (require_second_factor: boolean) => changeWorkspace({ settings: { sign_in: { require_second_factor } } })
const saveProvider = (body: IdentityProviderIn) =>
  unwrap<IdentityProvider>(http.PUT('/v1/workspace/identity-provider', { body }))
const removeProvider = () => unwrap<unknown>(http.DELETE('/v1/workspace/identity-provider'))
const checkProvider = (issuer: string) =>
  unwrap<unknown>(http.POST('/v1/workspace/identity-provider/check', { body: { issuer } }))

/** How everybody signs in: owners decide. */
export function SignInSettingsPage(): ReactNode {
  const { t } = useTranslation('security')
  const workspace = useQuery(workspaceQuery)
  const provider = useQuery(providerQuery)
  const failed = workspace.error ?? provider.error
  return (
    <Page title={t('signIn.title')} text={t('signIn.text')}>
      {(workspace.isPending || provider.isPending) && <RowSkeletons rows={3} height={60} />}
      {failed && <Failed error={failed} />}
      {workspace.data && <Demand workspace={workspace.data} />}
      {provider.data !== undefined && <Provider key={provider.data?.id ?? 'new'} saved={provider.data} />}
    </Page>
  )
}

function Demand({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation('security')
  const change = useAct(demand, [keys.settings.workspace, keys.security], t('signIn.saved'))
  return (
    <div className={`${classes.card} ${classes.form}`}>
      <Switch
        label={t('signIn.require')}
        description={t('signIn.requireText')}
        checked={change.isPending ? change.variables : workspace.settings.sign_in?.require_second_factor === true}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </div>
  )
}

const blank: IdentityProviderIn = {
  name: '',
  issuer: '',
  client_id: '',
  email_domains: [],
  joins_as: null,
  checks_second_factor: false,
  is_enabled: true,
}

/** What can be changed of a saved provider; its secret is never shown. */
const editable = ({ id, has_secret, redirect_uri, ...rest }: IdentityProvider): IdentityProviderIn => ({
  ...rest,
  joins_as: rest.joins_as === 'owner' ? null : rest.joins_as,
})

function Provider({ saved }: { saved: IdentityProvider | null }) {
  const { t } = useTranslation('security')
  const stale = [keys.settings.identityProvider, keys.security]
  const [value, setValue] = useState(saved ? editable(saved) : blank)
  const [secret, setSecret] = useState('')
  const save = useAct(saveProvider, stale, t('signIn.saved'))
  const check = useAct(checkProvider, [], t('signIn.checked'))
  const set = (change: Partial<IdentityProviderIn>) => setValue((known) => ({ ...known, ...change }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ ...value, client_secret: secret || null }, { onSuccess: () => setSecret('') })
  }
  return (
    <Section title={t('signIn.provider')} text={t('signIn.providerText')}>
      <form className={`${classes.card} ${classes.form}`} onSubmit={submit}>
        <TextInput
          label={t('signIn.name')}
          description={t('signIn.nameHint')}
          value={value.name}
          maxLength={60}
          required
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('signIn.issuer')}
          description={t('signIn.issuerHint')}
          type="url"
          dir="ltr"
          value={value.issuer}
          required
          onChange={(event) => set({ issuer: event.currentTarget.value })}
        />
        <div className={classes.pair}>
          <TextInput
            label={t('signIn.clientId')}
            dir="ltr"
            value={value.client_id}
            autoComplete="off"
            required
            onChange={(event) => set({ client_id: event.currentTarget.value })}
          />
          <PasswordInput
            label={t('signIn.clientSecret')}
            placeholder={saved?.has_secret ? t('signIn.secretKept') : undefined}
            value={secret}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showSecret') }}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        </div>
        <TagsInput
          label={t('signIn.domains')}
          description={t('signIn.domainsHint')}
          value={value.email_domains}
          splitChars={[',', ' ']}
          onChange={(email_domains) => set({ email_domains })}
        />
        <NativeSelect
          label={t('signIn.joins')}
          value={value.joins_as ?? ''}
          onChange={(event) => set({ joins_as: (event.currentTarget.value || null) as IdentityProviderIn['joins_as'] })}
          data={[
            { value: '', label: t('signIn.invitedOnly') },
            ...(['light_agent', 'agent', 'admin'] as const).map((role) => ({
              value: role,
              label: t('signIn.joinAs', { role: t(`roles.${role}`) }),
            })),
          ]}
        />
        <Checkbox
          label={t('signIn.checksFactor')}
          description={t('signIn.checksFactorHint')}
          checked={value.checks_second_factor}
          onChange={(event) => set({ checks_second_factor: event.currentTarget.checked })}
        />
        <Checkbox
          label={t('signIn.enabled')}
          checked={value.is_enabled}
          onChange={(event) => set({ is_enabled: event.currentTarget.checked })}
        />
        {save.isError && <Alert color="red">{t('signIn.notSaved')}</Alert>}
        <div className={classes.actions}>
          {saved && <Removal name={saved.name} stale={stale} />}
          <Button
            variant="default"
            loading={check.isPending}
            disabled={!value.issuer}
            onClick={() => check.mutate(value.issuer)}
          >
            {t('signIn.check')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('signIn.save')}
          </Button>
        </div>
      </form>
      {saved && (
        <>
          <p className={classes.text}>{t('signIn.redirect')}</p>
          <Copyable value={saved.redirect_uri} />
        </>
      )}
    </Section>
  )
}

function Removal({ name, stale }: { name: string; stale: (readonly string[])[] }) {
  const { t } = useTranslation('security')
  const [isAsking, setAsking] = useState(false)
  const removal = useAct(removeProvider, stale)
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
        {t('signIn.remove')}
      </Button>
      <Confirm
        opened={isAsking}
        title={t('signIn.removeTitle', { name })}
        text={t('signIn.removeText')}
        act={t('signIn.remove')}
        isBusy={removal.isPending}
        onAct={() => removal.mutate(undefined, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
