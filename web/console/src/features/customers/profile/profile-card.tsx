import { ActionIcon, NativeSelect, NumberInput, TagsInput } from '@mantine/core'
import type { Customer } from '@rapport/client'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sayFailed } from '../../../lib/say-failed'
import { useFormat } from '../../../lib/use-format'
import { type CustomerChange, useUpdateCustomer } from '../../../queries/customers'
import { useCan } from '../../../queries/me'
import classes from '../customers.module.css'
import { ChangesDialog } from './changes-dialog'

const statuses = ['prospect', 'active', 'vip', 'at_risk', 'former'] as const
const channels = ['email', 'phone', 'webchat'] as const
const tones = ['formal', 'friendly', 'brief', 'simple'] as const
const languages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'pt', 'tr', 'ar', 'uk', 'ru', 'zh', 'ja']
const needs = ['screen_reader', 'large_text', 'simple_words', 'no_phone', 'sign_language', 'more_time'] as const

/** The known choices with the one that is set, should it be another. */
const withCurrent = (known: readonly string[], current: string | null) =>
  current && !known.includes(current) ? [...known, current] : [...known]

/** How a customer wants to be spoken to, and what they are to us. */
export function ProfileCard({ customer }: { customer: Customer }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const update = useUpdateCustomer(customer.id)
  const isReadOnly = !useCan('customers.write') || customer.erased_at !== null
  const [history, setHistory] = useState<{ field: string; label: string } | null>(null)
  const { preferences } = customer
  const change = (changes: CustomerChange) => update.mutate(changes, { onError: sayFailed })
  const prefer = (changes: NonNullable<CustomerChange['preferences']>) => change({ preferences: changes })
  return (
    <section className={classes.card}>
      <h2>{t('profile.title')}</h2>
      <div className={classes.grid}>
        <Choice
          label={t('profile.status')}
          value={customer.status}
          options={withCurrent(statuses, customer.status)}
          nameOf={(each) => nameIn(statuses, each, (known) => t(`status.${known}`))}
          isReadOnly={isReadOnly}
          onChange={(status) => change({ status })}
          onHistory={() => setHistory({ field: 'status', label: t('profile.status') })}
        />
        <Worth customer={customer} isReadOnly={isReadOnly} onChange={(value) => change({ value })} />
        <Choice
          label={t('profile.language')}
          value={preferences.language}
          options={withCurrent(languages, preferences.language)}
          nameOf={format.language}
          isReadOnly={isReadOnly}
          onChange={(language) => prefer({ language })}
          onHistory={() => setHistory({ field: 'preferences.language', label: t('profile.language') })}
        />
        <Choice
          label={t('profile.channel')}
          value={preferences.channel}
          options={withCurrent(channels, preferences.channel)}
          nameOf={(each) => nameIn(channels, each, (known) => t(`channel.${known}`))}
          isReadOnly={isReadOnly}
          onChange={(channel) => prefer({ channel })}
          onHistory={() => setHistory({ field: 'preferences.channel', label: t('profile.channel') })}
        />
        <Choice
          label={t('profile.tone')}
          value={preferences.tone}
          options={withCurrent(tones, preferences.tone)}
          nameOf={(each) => nameIn(tones, each, (known) => t(`tone.${known}`))}
          isReadOnly={isReadOnly}
          onChange={(tone) => prefer({ tone })}
          onHistory={() => setHistory({ field: 'preferences.tone', label: t('profile.tone') })}
        />
      </div>
      <TagsInput
        mt="sm"
        label={t('profile.needs')}
        description={t('profile.needsText')}
        data={needs.map((each) => t(`needs.${each}`))}
        value={preferences.needs.map((each) => nameIn(needs, each, (known) => t(`needs.${known}`)))}
        readOnly={isReadOnly}
        maxTags={20}
        onChange={(names) =>
          prefer({ needs: names.map((name) => needs.find((each) => t(`needs.${each}`) === name) ?? codeOf(name)) })
        }
      />
      {history && <ChangesDialog customerId={customer.id} {...history} onClose={() => setHistory(null)} />}
    </section>
  )
}

/** The word for a code of ours; a code that others set is shown as it is. */
const nameIn = <T extends string>(known: readonly T[], code: string, word: (known: T) => string): string => {
  const found = known.find((each) => each === code)
  return found ? word(found) : code
}

/** What was typed freely, as the server takes codes. */
const codeOf = (name: string) => name.replace(/[^\p{L}\p{N}_ .:-]/gu, '').slice(0, 40)

interface ChoiceProps {
  label: string
  value: string | null
  options: string[]
  nameOf: (option: string) => string
  isReadOnly: boolean
  onChange: (value: string | null) => void
  onHistory: () => void
}

function Choice({ label, value, options, nameOf, isReadOnly, onChange, onHistory }: ChoiceProps) {
  const { t } = useTranslation('people')
  return (
    <div className={classes.choice}>
      <NativeSelect
        label={label}
        value={value ?? ''}
        disabled={isReadOnly}
        data={[
          { value: '', label: t('profile.unset') },
          ...options.map((each) => ({ value: each, label: nameOf(each) })),
        ]}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
      <ActionIcon variant="subtle" color="gray" aria-label={t('historyOf', { label })} onClick={onHistory}>
        <IconHistory size={16} />
      </ActionIcon>
    </div>
  )
}

interface WorthProps {
  customer: Customer
  isReadOnly: boolean
  onChange: (value: number | null) => void
}

/** What a customer is worth to us, in the workspace's own currency. */
function Worth({ customer, isReadOnly, onChange }: WorthProps) {
  const { t } = useTranslation('people')
  const [typed, setTyped] = useState<number | string | null>(null)
  const save = () => {
    if (typed === null) return
    setTyped(null)
    const value = typed === '' ? null : Number(typed)
    if (value !== customer.value && !Number.isNaN(value)) onChange(value)
  }
  return (
    <NumberInput
      label={t('profile.value')}
      value={typed ?? customer.value ?? ''}
      disabled={isReadOnly}
      decimalScale={2}
      thousandSeparator=" "
      hideControls
      onChange={setTyped}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
