import { Button } from '@mantine/core'
import type { Id } from '@rapport/client'
import { IconCheck, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../../components/states'
import { Page } from '../../parts/page'
import classes from '../../settings.module.css'
import { DnsRecords } from '../dns-records'
import mail from '../mail.module.css'
import { needsOauth } from '../model'
import { mailboxQuery } from '../queries'
import { AddressStep } from './address-step'
import { SettingsStep } from './settings-step'
import { blank, type Setup } from './setup'
import { TestStep } from './test-step'

const steps = ['address', 'settings', 'test', 'dns', 'done'] as const
type Step = (typeof steps)[number]

/** From an address to an inbox that works. Nothing is saved before it was tried. */
export function WizardPage(): ReactNode {
  const { t } = useTranslation('mailboxes')
  const navigate = useNavigate()
  const [step, setStep] = useState<Step>('address')
  const [setup, setSetup] = useState<Setup>(blank)
  const [inboxId, setInboxId] = useState<Id | null>(null)
  const change = (values: Partial<Setup>) => setSetup((known) => ({ ...known, ...values }))
  const toMailbox = (id: Id) =>
    navigate({ to: '/settings/inboxes/$inboxId', params: { inboxId: id }, search: { tab: 'receiving' } })
  return (
    <Page title={t('new.title')} text={t('new.text')} back="/settings/inboxes">
      <Steps now={step} />
      {step === 'address' && <AddressStep setup={setup} onChange={change} onNext={() => setStep('settings')} />}
      {step === 'settings' && (
        <SettingsStep
          setup={setup}
          onChange={change}
          onBack={() => setStep('address')}
          onNext={() => setStep('test')}
        />
      )}
      {step === 'test' && (
        <TestStep
          setup={setup}
          onBack={() => setStep('settings')}
          onSaved={(mailbox) => {
            setInboxId(mailbox.inbox_id)
            if (needsOauth(mailbox.incoming, mailbox.outgoing)) void toMailbox(mailbox.inbox_id)
            else setStep('dns')
          }}
        />
      )}
      {step === 'dns' && inboxId && <Dns inboxId={inboxId} onNext={() => setStep('done')} />}
      {step === 'done' && inboxId && <Done address={setup.address} onOpen={() => void toMailbox(inboxId)} />}
    </Page>
  )
}

/** Where one is. With each step the focus goes here, so that it is read out and Tab goes on from it. */
function Steps({ now }: { now: Step }) {
  const { t } = useTranslation('mailboxes')
  const current = useRef<HTMLLIElement>(null)
  const isFirst = useRef(true)
  const at = steps.indexOf(now)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves with the step.
  useEffect(() => {
    if (!isFirst.current) current.current?.focus()
    isFirst.current = false
  }, [now])
  return (
    <ol className={mail.steps} aria-label={t('new.progress')}>
      {steps.map((step, index) => (
        <li
          key={step}
          ref={step === now ? current : undefined}
          tabIndex={step === now ? -1 : undefined}
          className={mail.step}
          aria-current={step === now ? 'step' : undefined}
          data-done={index < at || undefined}
        >
          <span className={mail.number} aria-hidden>
            {index < at ? <IconCheck size={14} /> : index + 1}
          </span>
          {t(`new.steps.${step}`)}
        </li>
      ))}
    </ol>
  )
}

function Dns({ inboxId, onNext }: { inboxId: Id; onNext: () => void }) {
  const { t } = useTranslation('mailboxes')
  const mailbox = useQuery(mailboxQuery(inboxId))
  return (
    <>
      {mailbox.isPending && <RowSkeletons rows={3} height={96} />}
      {mailbox.isError && <Failed error={mailbox.error} retry={() => void mailbox.refetch()} />}
      {mailbox.data && <DnsRecords mailbox={mailbox.data} />}
      <div className={classes.actions} style={{ marginTop: 'var(--rp-space-4)' }}>
        <Button onClick={onNext}>{t('new.next')}</Button>
      </div>
    </>
  )
}

function Done({ address, onOpen }: { address: string; onOpen: () => void }) {
  const { t } = useTranslation('mailboxes')
  const navigate = useNavigate()
  return (
    <div className={`${classes.card} ${mail.big}`}>
      <IconCircleCheck size={48} stroke={1.4} className={mail.bigMark} aria-hidden />
      <h2 className={classes.sectionTitle}>{t('new.doneTitle', { address })}</h2>
      <p className={classes.text}>{t('new.doneText')}</p>
      <div className={classes.actions} style={{ justifyContent: 'center', flexWrap: 'wrap' }}>
        <Button variant="default" onClick={onOpen}>
          {t('new.toSettings')}
        </Button>
        <Button onClick={() => void navigate({ to: '/inbox' })}>{t('new.toInbox')}</Button>
      </div>
    </div>
  )
}
