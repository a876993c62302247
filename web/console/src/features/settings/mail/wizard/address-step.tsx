import { Anchor, Button, Radio, TextInput } from '@mantine/core'
import type { MailCandidate } from '@rapport/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../../lib/explain'
import classes from '../../settings.module.css'
import mail from '../mail.module.css'
import { noIncoming, noOutgoing, settingsOf } from '../model'
import { discover } from '../queries'
import type { Setup } from './setup'

interface Props {
  setup: Setup
  onChange: (change: Partial<Setup>) => void
  onNext: () => void
}

const otherWays = ['byHand', 'receiver', 'webhook'] as const
type OtherWay = (typeof otherWays)[number]

/** Whose mail it is, and what is known about where it lies. */
export function AddressStep({ setup, onChange, onNext }: Props) {
  const { t } = useTranslation('mailboxes')
  const look = useMutation({ mutationFn: discover })
  const [chosen, setChosen] = useState('')
  const fault = look.isError ? explain(look.error) : null
  const found = look.data
  const find = (event: FormEvent) => {
    event.preventDefault()
    setChosen('')
    look.mutate(setup.address, { onSuccess: (items) => setChosen(items.length > 0 ? '0' : 'byHand') })
  }
  const go = () => {
    const candidate = found?.[Number(chosen)]
    onChange(candidate ? { ...settingsOf(candidate), found: candidate } : { ...startOf(chosen, setup), found: null })
    onNext()
  }
  return (
    <>
      <form className={`${classes.card} ${classes.form}`} onSubmit={find}>
        <div className={classes.pair}>
          <TextInput
            type="email"
            label={t('new.address')}
            description={t('new.addressHint')}
            value={setup.address}
            required
            maxLength={254}
            dir="ltr"
            autoComplete="off"
            data-autofocus
            onChange={(event) => {
              onChange({ address: event.currentTarget.value.trim() })
              look.reset()
            }}
          />
          <TextInput
            label={t('new.name')}
            value={setup.name}
            required
            maxLength={200}
            dir="auto"
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
        </div>
        <div className={classes.actions}>
          <Button type="submit" variant={found ? 'default' : 'filled'} loading={look.isPending}>
            {t('new.find')}
          </Button>
        </div>
      </form>
      <div aria-live="polite">
        {look.isPending && <p className={classes.text}>{t('new.finding')}</p>}
        {fault && (
          <p role="alert" className={mail.warning}>
            {fault}
          </p>
        )}
      </div>
      {(found || look.isError) && <Choices found={found ?? []} chosen={chosen} onChoose={setChosen} />}
      {(found || look.isError) && (
        <div className={classes.actions} style={{ marginTop: 'var(--rp-space-4)' }}>
          <Button disabled={!chosen || !setup.name.trim()} onClick={go}>
            {t('new.next')}
          </Button>
        </div>
      )}
    </>
  )
}

/** Where somebody begins who enters the settings without a find. */
function startOf(way: string, setup: Setup): Pick<Setup, 'incoming' | 'outgoing'> {
  const outgoing = { ...noOutgoing, kind: 'smtp' as const, user: setup.address }
  if (way === 'receiver') return { incoming: { ...noIncoming, kind: 'receiver' }, outgoing }
  if (way === 'webhook') return { incoming: { ...noIncoming, kind: 'webhook', webhook: 'postmark' }, outgoing }
  return { incoming: { ...noIncoming, kind: 'imap', user: setup.address }, outgoing }
}

interface ChoicesProps {
  found: MailCandidate[]
  chosen: string
  onChoose: (chosen: string) => void
}

function Choices({ found, chosen, onChoose }: ChoicesProps) {
  const { t } = useTranslation('mailboxes')
  return (
    <Radio.Group
      value={chosen}
      onChange={onChoose}
      label={found.length > 0 ? t('new.found') : t('new.ways')}
      style={{ marginTop: 'var(--rp-space-5)' }}
    >
      {found.length === 0 && <p className={classes.text}>{t('new.nothing')}</p>}
      <div className={mail.choices} style={{ marginTop: 'var(--rp-space-3)' }}>
        {found.map((candidate, index) => (
          <Found
            key={candidate.source}
            candidate={candidate}
            value={String(index)}
            isChosen={chosen === String(index)}
          />
        ))}
        {otherWays.map((way) => (
          <Other key={way} way={way} isChosen={chosen === way} />
        ))}
      </div>
    </Radio.Group>
  )
}

const at = (server: MailCandidate['incoming']) => (server ? `${server.host}:${server.port}` : null)

function Found({ candidate, value, isChosen }: { candidate: MailCandidate; value: string; isChosen: boolean }) {
  const { t } = useTranslation('mailboxes')
  const servers = t('servers', {
    incoming: at(candidate.incoming) ?? t('noServer'),
    outgoing: at(candidate.outgoing) ?? t('noServer'),
  })
  const source = t(`source.${candidate.source}`)
  return (
    <div className={mail.choice} data-chosen={isChosen || undefined}>
      <Radio value={value} label={candidate.name ? `${candidate.name} · ${source}` : source} />
      <p className={mail.choiceNote} dir="auto">
        {servers}
      </p>
      {candidate.is_elsewhere && <p className={`${mail.choiceNote} ${mail.warning}`}>{t('elsewhere')}</p>}
      {candidate.note && <p className={mail.choiceNote}>{t(`note.${candidate.note}`)}</p>}
      {candidate.help && (
        <p className={mail.choiceNote}>
          <Anchor href={candidate.help} target="_blank" rel="noreferrer" inherit>
            {t('help', { provider: candidate.name })}
          </Anchor>
        </p>
      )}
    </div>
  )
}

function Other({ way, isChosen }: { way: OtherWay; isChosen: boolean }) {
  const { t } = useTranslation('mailboxes')
  return (
    <div className={mail.choice} data-chosen={isChosen || undefined}>
      <Radio value={way} label={t(`new.${way}`)} />
      <p className={mail.choiceNote}>{t(`new.${way}Hint`)}</p>
    </div>
  )
}
