import { Alert, Button, Checkbox } from '@mantine/core'
import type { MailStep, MailTrial, MailTried } from '@rapport/client'
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { useFormat } from '../../../lib/use-format'
import classes from '../settings.module.css'
import mail from './mail.module.css'
import { type Trying, tryMailbox } from './queries'
import { useProblem } from './use-problem'

interface Props {
  /** What to try, as it stands now. */
  body: Trying
  /** Whether a letter to oneself can be offered. */
  withLetter?: boolean
  onDone?: (trial: MailTrial) => void
}

/** Tries the settings live and ticks off what works. */
export function Trial({ body, withLetter = false, onDone }: Props) {
  const { t } = useTranslation('mailboxes')
  const [toSelf, setToSelf] = useState(false)
  const trial = useMutation({ mutationFn: tryMailbox, onSuccess: onDone })
  const found = trial.data
  return (
    <div className={classes.form} style={{ padding: 0 }}>
      {withLetter && (
        <Checkbox
          label={t('trial.toSelf')}
          description={t('trial.toSelfHint')}
          checked={toSelf}
          disabled={trial.isPending}
          onChange={(event) => setToSelf(event.currentTarget.checked)}
        />
      )}
      <div>
        <Button
          variant="default"
          loading={trial.isPending}
          onClick={() => trial.mutate({ ...body, to_self: withLetter && toSelf })}
        >
          {t(found ? 'trial.again' : 'trial.test')}
        </Button>
      </div>
      <div aria-live="polite" className={classes.form} style={{ padding: 0 }}>
        {trial.isPending && <p className={classes.text}>{t('trial.running')}</p>}
        {trial.isError && (
          <Alert color="red" title={t('trial.failed')}>
            {explain(trial.error)}
          </Alert>
        )}
        {found && !trial.isPending && (
          <>
            {found.incoming && <Tried title={t('trial.receiving')} way={found.incoming} />}
            {found.outgoing && <Tried title={t('trial.sending')} way={found.outgoing} />}
            {found.letter && <Tried title={t('trial.letter')} way={found.letter} />}
          </>
        )}
      </div>
    </div>
  )
}

const icons = { ok: IconCircleCheck, failed: IconCircleX, skipped: IconCircleDashed }

function Tried({ title, way }: { title: string; way: MailTried }) {
  const { t } = useTranslation('mailboxes')
  const format = useFormat()
  const counted = way.folders.filter((folder) => folder.messages !== null)
  return (
    <section className={mail.tried} aria-label={title}>
      <h2 className={mail.triedTitle}>{title}</h2>
      <ul className={mail.ticks}>
        {way.steps.map((step) => (
          <Tick key={step.name} step={step} />
        ))}
      </ul>
      {counted.map((folder) => (
        <p key={folder.name} className={classes.quiet}>
          <bdi>{folder.name}</bdi>:{' '}
          {t('trial.messages', { count: folder.messages ?? 0, number: format.number(folder.messages ?? 0) })}
        </p>
      ))}
    </section>
  )
}

function Tick({ step }: { step: MailStep }) {
  const { t } = useTranslation('mailboxes')
  const problem = useProblem()
  const Icon = icons[step.state]
  return (
    <li className={mail.tick} data-state={step.state}>
      <Icon size={18} stroke={1.8} aria-hidden />
      <span>
        {t(`trial.step.${step.name}`)} <span className={mail.tickState}>· {t(`trial.state.${step.state}`)}</span>
      </span>
      {step.problem && <p className={mail.trouble}>{problem(step.problem)}</p>}
      {step.said && (
        <p className={mail.said} dir="auto">
          {t('trial.said', { said: step.said })}
        </p>
      )}
    </li>
  )
}
