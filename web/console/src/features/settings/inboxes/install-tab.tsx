import { Anchor, Button, Switch, Textarea } from '@mantine/core'
import type { WebChat } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import type { Draft } from '../model/use-draft'
import { Confirm } from '../parts/confirm'
import { Section } from '../parts/page'
import { Copyable, SecretDialog } from '../parts/secret'
import classes from '../settings.module.css'
import { makeIdentitySecret } from './queries'

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** The script to copy, where it may run, and who may write. */
export function InstallTab({ draft }: { draft: Draft<WebChat> }) {
  const { t } = useTranslation('settings')
  const { value } = draft
  const [origins, setOrigins] = useState(value.allowed_origins.join('\n'))
  return (
    <div className={classes.column}>
      <div className={`${classes.card} ${classes.form}`}>
        <div className={classes.field}>
          <span className={classes.fieldLabel}>{t('install.script')}</span>
          <span className={classes.quiet}>{t('install.scriptHint')}</span>
          <Copyable value={value.script} />
        </div>
        <Anchor href="/demo" target="_blank">
          {t('install.demo')}
        </Anchor>
        <Textarea
          label={t('install.origins')}
          description={t('install.originsHint')}
          value={origins}
          autosize
          minRows={3}
          dir="ltr"
          placeholder="https://www.example.com"
          onChange={(event) => {
            setOrigins(event.currentTarget.value)
            draft.set({ allowed_origins: lines(event.currentTarget.value) })
          }}
        />
      </div>
      <Identity draft={draft} />
    </div>
  )
}

function Identity({ draft }: { draft: Draft<WebChat> }) {
  const { t } = useTranslation('settings')
  const { value, set } = draft
  const [isReplacing, setReplacing] = useState(false)
  const make = useAct(makeIdentitySecret, [keys.settings.webchat(value.inbox_id)])
  const start = () => make.mutate(value.inbox_id, { onSettled: () => setReplacing(false) })
  return (
    <Section title={t('install.identity')} text={t('install.identityText')}>
      <div className={`${classes.card} ${classes.form}`}>
        <Switch
          label={t('install.require')}
          checked={value.require_identity}
          onChange={(event) => set({ require_identity: event.currentTarget.checked })}
        />
        <div className={classes.row} style={{ padding: 0 }}>
          <span className={classes.rowText}>
            {t(value.identity_secret_set ? 'install.secretSet' : 'install.secretNone')}
          </span>
          <Button
            variant="default"
            loading={make.isPending}
            onClick={() => (value.identity_secret_set ? setReplacing(true) : start())}
          >
            {t(value.identity_secret_set ? 'install.secretRenew' : 'install.secretMake')}
          </Button>
        </div>
      </div>
      <Confirm
        opened={isReplacing}
        title={t('install.secretConfirm')}
        text={t('install.secretConfirmText')}
        act={t('install.secretRenew')}
        isBusy={make.isPending}
        onAct={start}
        onClose={() => setReplacing(false)}
      />
      <SecretDialog title={t('install.secretTitle')} value={make.data?.secret ?? null} onClose={make.reset} />
    </Section>
  )
}
