import { Button, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { labelOf } from '../../../lib/use-words'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import { type Consent, type ConsentDecision, consentsQuery, decideConsent } from '../../../queries/profile'
import classes from '../customers.module.css'
import { useChannelName } from './identities'

const purposes = ['marketing', 'analytics', 'recording', 'newsletter'] as const

/** A purpose as people call it. */
function usePurposeName() {
  const { t } = useTranslation('people')
  return (purpose: string) => {
    const known = purposes.find((each) => each === purpose)
    return known ? t(`purpose.${known}`) : labelOf(purpose)
  }
}

interface Props {
  customerId: string
  isErased: boolean
}

/** What a customer allowed and refused, for which purpose and channel, with the proof. */
export function ConsentsCard({ customerId, isErased }: Props) {
  const { t } = useTranslation('people')
  const consents = useQuery(consentsQuery(customerId))
  const mayWrite = useCan('customers.write') && !isErased
  const [isAdding, setAdding] = useState(false)
  const [isAllShown, setAllShown] = useState(false)
  const shown = consents.data?.filter((each) => isAllShown || each.is_current) ?? []
  const hidden = (consents.data?.length ?? 0) - shown.length
  return (
    <section className={classes.card}>
      <div className={classes.cardTop}>
        <h2>{t('consents.title')}</h2>
        {mayWrite && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAdding(true)}>
            {t('consents.add')}
          </Button>
        )}
      </div>
      {consents.isPending && <RowSkeletons rows={2} height={40} />}
      {consents.isError && <Failed error={consents.error} retry={() => void consents.refetch()} />}
      {consents.data?.length === 0 && <p className={classes.quiet}>{t('consents.none')}</p>}
      <ul className={classes.lines}>
        {shown.map((consent) => (
          <Row key={consent.id} consent={consent} />
        ))}
      </ul>
      {(hidden > 0 || isAllShown) && (
        <Button size="compact-sm" variant="subtle" aria-expanded={isAllShown} onClick={() => setAllShown(!isAllShown)}>
          {isAllShown ? t('consents.onlyCurrent') : t('consents.earlier', { count: hidden })}
        </Button>
      )}
      {isAdding && <DecisionDialog customerId={customerId} onClose={() => setAdding(false)} />}
    </section>
  )
}

function Row({ consent }: { consent: Consent }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const purposeName = usePurposeName()
  const channelName = useChannelName()
  const channel = consent.channel ? channelName(consent.channel) : t('consents.everyChannel')
  const from = consent.source !== 'agent' && t('consents.from', { source: consent.source })
  return (
    <li className={classes.line} data-past={!consent.is_current || undefined}>
      <span className={classes.lineText}>
        <span>
          {purposeName(consent.purpose)} <span className={classes.note}>· {channel}</span>
        </span>
        <span className={classes.note}>
          {[format.exact(consent.at), consent.by?.name, from].filter(Boolean).join(' · ')}
        </span>
        {consent.words && (
          <q className={classes.words} dir="auto">
            {consent.words}
          </q>
        )}
      </span>
      <span
        className={classes.mark}
        data-good={consent.is_granted || undefined}
        data-bad={!consent.is_granted || undefined}
      >
        {consent.is_granted ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
        {t(consent.is_granted ? 'consents.granted' : 'consents.refused')}
      </span>
    </li>
  )
}

const channels = ['', 'email', 'phone', 'webchat'] as const

function DecisionDialog({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const queries = useQueryClient()
  const purposeName = usePurposeName()
  const channelName = useChannelName()
  const [decision, setDecision] = useState<ConsentDecision>({
    purpose: 'marketing',
    channel: '',
    is_granted: true,
    source: '',
    words: '',
  })
  const put = (change: Partial<ConsentDecision>) => setDecision({ ...decision, ...change })
  const decide = useAct((body: ConsentDecision) => decideConsent(customerId, body), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    decide.mutate(
      { ...decision, source: decision.source.trim() || 'agent' },
      {
        onSuccess: (all) => {
          queries.setQueryData(keys.customers.consents(customerId), all)
          onClose()
        },
      },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('people:consents.add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <NativeSelect
          label={t('people:consents.purpose')}
          value={decision.purpose}
          data={purposes.map((value) => ({ value, label: purposeName(value) }))}
          onChange={(event) => put({ purpose: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('people:consents.channel')}
          value={decision.channel}
          data={channels.map((value) => ({
            value,
            label: value ? channelName(value) : t('people:consents.everyChannel'),
          }))}
          onChange={(event) => put({ channel: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('people:consents.decision')}
          value={String(decision.is_granted)}
          data={[
            { value: 'true', label: t('people:consents.granted') },
            { value: 'false', label: t('people:consents.refused') },
          ]}
          onChange={(event) => put({ is_granted: event.currentTarget.value === 'true' })}
        />
        <TextInput
          label={t('people:consents.source')}
          description={t('people:consents.sourceText')}
          value={decision.source}
          maxLength={200}
          onChange={(event) => put({ source: event.currentTarget.value })}
        />
        <Textarea
          label={t('people:consents.words')}
          description={t('people:consents.wordsText')}
          value={decision.words}
          maxLength={4_000}
          autosize
          minRows={2}
          dir="auto"
          onChange={(event) => put({ words: event.currentTarget.value })}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={decide.isPending}>
            {t('people:consents.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
