import { Button, NativeSelect } from '@mantine/core'
import type { Reading } from '@rapport/client'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../lib/use-format'
import { type Correct, emotions, isCorrected, languages, levels } from './corrections'
import classes from './reading.module.css'

export interface FactProps {
  reading: Reading
  /** Null for people who may only look. */
  correct: Correct | null
}

interface RowProps {
  label: string
  children: ReactNode
  /** How sure it is, or how strong. */
  aside?: ReactNode
  /** What the machine said, where a person said something else. */
  machine?: string | false | undefined
}

/** One thing that was read, and below it what the machine thought where a person knows better. */
export function Row({ label, children, aside, machine }: RowProps) {
  const { t } = useTranslation('triage')
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span className={classes.value}>
          {children}
          {aside && <span className={classes.aside}>{aside}</span>}
        </span>
        {machine && <span className={classes.machine}>{t('reading.machine', { what: machine })}</span>}
      </dd>
    </div>
  )
}

interface ChooseProps<T extends string> {
  label: string
  value: T | null
  values: readonly T[]
  word: (value: T) => string
  onChoose: ((value: T) => void) | null
}

/** A value that another choice corrects at once. */
export function Choose<T extends string>({ label, value, values, word, onChoose }: ChooseProps<T>) {
  if (!onChoose) return <span>{value === null ? '–' : word(value)}</span>
  return (
    <NativeSelect
      size="xs"
      className={classes.select}
      aria-label={label}
      value={value ?? ''}
      data={[
        ...(value === null ? [{ value: '', label: '–' }] : []),
        ...values.map((each) => ({ value: each, label: word(each) })),
      ]}
      onChange={(event) => event.currentTarget.value && onChoose(event.currentTarget.value as T)}
    />
  )
}

export function Language({ reading, correct }: FactProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const known = new Set([...languages, ...[reading.language, reading.machine.language].filter((it) => it !== null)])
  const values = [...known].sort((a, b) => format.language(a).localeCompare(format.language(b)))
  const { language } = reading.machine
  const isByPerson = isCorrected(reading, 'language')
  return (
    <Row
      label={t('reading.field.language')}
      aside={!isByPerson && language !== null && format.percent(reading.language_probability)}
      machine={isByPerson && (language === null ? t('reading.unknown') : format.language(language))}
    >
      <Choose
        label={t('reading.field.language')}
        value={reading.language}
        values={values}
        word={format.language}
        onChoose={correct && ((language) => correct({ language }))}
      />
    </Row>
  )
}

export function Emotion({ reading, correct }: FactProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const isByPerson = isCorrected(reading, 'emotion')
  return (
    <Row
      label={t('reading.field.emotion')}
      aside={
        !isByPerson &&
        reading.emotion !== 'neutral' &&
        t('reading.strength', { share: format.percent(reading.strength) })
      }
      machine={isByPerson && t(`reading.emotion.${reading.machine.emotion}`)}
    >
      <Choose
        label={t('reading.field.emotion')}
        value={reading.emotion}
        values={emotions}
        word={(each) => t(`reading.emotion.${each}`)}
        onChoose={correct && ((emotion) => correct({ emotion }))}
      />
    </Row>
  )
}

export function Urgency({ reading, correct }: FactProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const isByPerson = isCorrected(reading, 'urgency')
  const share = reading.levels[reading.machine.urgency]
  return (
    <Row
      label={t('reading.field.urgency')}
      aside={!isByPerson && share !== undefined && format.percent(share)}
      machine={isByPerson && t(`reading.level.${reading.machine.urgency}`)}
    >
      <Choose
        label={t('reading.field.urgency')}
        value={reading.urgency}
        values={levels}
        word={(each) => t(`reading.level.${each}`)}
        onChoose={correct && ((urgency) => correct({ urgency }))}
      />
    </Row>
  )
}

export function Spam({ reading, correct }: FactProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const isByPerson = isCorrected(reading, 'spam')
  const reasons = reading.spam_reasons.map((code) => t(`reading.spamReason.${code}`, { defaultValue: code }))
  return (
    <Row
      label={t('reading.field.spam')}
      aside={format.percent(reading.spam)}
      machine={isByPerson && t(reading.machine.is_spam ? 'reading.spam' : 'reading.noSpam')}
    >
      <span>{t(reading.is_spam ? 'reading.spam' : 'reading.noSpam')}</span>
      {correct && (
        <Button variant="default" size="compact-xs" onClick={() => correct({ is_spam: !reading.is_spam })}>
          {t(reading.is_spam ? 'reading.sayNoSpam' : 'reading.saySpam')}
        </Button>
      )}
      {reasons.length > 0 && <span className={classes.note}>{reasons.join(' · ')}</span>}
    </Row>
  )
}
