import { Alert, Button } from '@mantine/core'
import type { Mailbox, MailTrial } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../../lib/use-act'
import { keys } from '../../../../queries/keys'
import classes from '../../settings.module.css'
import { canBeTried, needsOauth, outcomeOf } from '../model'
import { createMailbox } from '../queries'
import { Trial } from '../trial'
import { bodyOf, type Setup, trialOf } from './setup'

interface Props {
  setup: Setup
  onBack: () => void
  onSaved: (mailbox: Mailbox) => void
}

const words = { both: 'new.working', in: 'new.worksInOnly', out: 'new.worksOutOnly', none: 'new.testFirst' } as const

/** Tries the settings before anything is saved, then saves them. */
export function TestStep({ setup, onBack, onSaved }: Props) {
  const { t } = useTranslation('mailboxes')
  const [trial, setTrial] = useState<MailTrial | null>(null)
  const save = useAct(createMailbox, [keys.people.inboxes, keys.settings.mailHealth])
  const isOauth = needsOauth(setup.incoming, setup.outgoing)
  const isTriable = canBeTried(setup.incoming, setup.outgoing) && !isOauth
  const outcome = trial ? outcomeOf(trial) : null
  const isSure = !isTriable || (outcome !== null && outcome !== 'failed')
  const label = isOauth ? 'new.saveAndSignIn' : isSure ? 'new.save' : 'new.saveAnyway'
  return (
    <>
      <div className={`${classes.card} ${classes.form}`}>
        {isOauth && (
          <p className={classes.text}>{t('new.signInNext', { provider: setup.found?.name ?? t('oauth.provider') })}</p>
        )}
        {!isOauth && !isTriable && <p className={classes.text}>{t('new.nothingToTest')}</p>}
        {isTriable && (
          <Trial
            body={trialOf(setup)}
            withLetter={setup.outgoing.kind === 'smtp' && setup.incoming.kind === 'imap'}
            onDone={setTrial}
          />
        )}
        {isTriable && <Outcome outcome={outcome ?? 'none'} />}
      </div>
      <div className={classes.actions} style={{ marginTop: 'var(--rp-space-4)' }}>
        <Button variant="default" disabled={save.isPending} onClick={onBack}>
          {t('new.back')}
        </Button>
        <Button
          variant={isSure ? 'filled' : 'default'}
          loading={save.isPending}
          onClick={() => save.mutate(bodyOf(setup), { onSuccess: onSaved })}
        >
          {t(label)}
        </Button>
      </div>
    </>
  )
}

function Outcome({ outcome }: { outcome: ReturnType<typeof outcomeOf> }) {
  const { t } = useTranslation('mailboxes')
  return (
    <div aria-live="polite">
      {outcome === 'failed' ? (
        <Alert color="orange">{t('new.notWorking')}</Alert>
      ) : (
        <p className={classes.text}>{t(words[outcome])}</p>
      )}
    </div>
  )
}
