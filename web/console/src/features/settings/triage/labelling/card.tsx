import { Button } from '@mantine/core'
import type { IntentRow, Queued } from '@rapport/client'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Keys } from '../../../../components/key-hint'
import { Picker } from '../../../../components/picker'
import { TimeAgo } from '../../../../components/time'
import { useShortcuts } from '../../../../lib/keys'
import { useFormat } from '../../../../lib/use-format'
import settings from '../../settings.module.css'
import classes from './labelling.module.css'
import type { Labelling } from './use-labelling'

/** Intents that a digit chooses; the others are found by name. */
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0']

interface Props {
  item: Queued
  intents: IntentRow[]
  labelling: Labelling
}

/** One message and what it may be about. */
export function Card({ item, intents, labelling }: Props) {
  const { t } = useTranslation('triage')
  const [isFinding, setFinding] = useState(false)
  useKeys(intents, labelling, () => setFinding(true))
  const chosenElsewhere = intents.slice(digits.length).filter(({ id }) => labelling.chosen.includes(id))
  return (
    <div className={classes.column}>
      <Said item={item} />
      {labelling.before && (
        <p className={settings.quiet}>{t(labelling.before.is_skipped ? 'queue.wasSkipped' : 'queue.wasSaid')}</p>
      )}
      <fieldset className={classes.intents}>
        <legend>{t('queue.about')}</legend>
        {[...intents.slice(0, digits.length), ...chosenElsewhere].map((intent, index) => (
          <Choice
            key={intent.id}
            intent={intent}
            digit={digits[index]}
            probability={item.intents.find(({ intent_id }) => intent_id === intent.id)?.probability ?? null}
            isChosen={labelling.chosen.includes(intent.id)}
            onToggle={() => labelling.toggle(intent.id)}
          />
        ))}
      </fieldset>
      {intents.length > digits.length && (
        <Picker
          opened={isFinding}
          onOpenedChange={setFinding}
          label={t('reading.find')}
          choices={intents.map(({ id, name, description }) => ({ id, label: name, detail: description }))}
          chosen={labelling.chosen}
          onChoose={(id) => {
            setFinding(false)
            labelling.toggle(id)
          }}
        >
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes.find}
            rightSection={<Keys keys="f" />}
            onClick={() => setFinding(true)}
          >
            {t('queue.more', { count: intents.length - digits.length })}
          </Button>
        </Picker>
      )}
      <Acts labelling={labelling} />
    </div>
  )
}

function useKeys(intents: IntentRow[], labelling: Labelling, find: () => void) {
  const { t } = useTranslation('triage')
  const group = t('queue.title')
  const offer = (keys: string, label: string, run: () => void) => ({ keys, label, group, run, inFields: true })
  useShortcuts([
    ...intents
      .slice(0, digits.length)
      .map(({ id, name }, index) => offer(digits[index] as string, name, () => labelling.toggle(id))),
    offer('Enter', t('queue.save'), labelling.save),
    offer('n', t('queue.nowhere'), labelling.nowhere),
    offer('s', t('queue.skip'), labelling.skip),
    offer('z', t('queue.back'), labelling.goBack),
    ...(intents.length > digits.length ? [offer('f', t('reading.find'), find)] : []),
  ])
}

function Said({ item }: { item: Queued }) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  return (
    <article className={classes.message} aria-live="polite" aria-label={t('queue.message')}>
      <p className={classes.text} dir="auto" lang={item.language ?? undefined}>
        {item.text}
      </p>
      <p className={settings.rowNote}>
        <Link
          to="/inbox/$view/$conversationId"
          params={{ view: 'all', conversationId: item.conversation_id }}
          className={settings.rowLink}
        >
          {t('queue.conversation', { number: item.number })}
        </Link>
        {' · '}
        <TimeAgo at={item.said_at} />
        {item.language && ` · ${format.language(item.language)}`}
        {item.doubt > 0 && ` · ${t('queue.doubt', { share: format.percent(item.doubt) })}`}
      </p>
    </article>
  )
}

interface ChoiceProps {
  intent: IntentRow
  digit: string | undefined
  probability: number | null
  isChosen: boolean
  onToggle: () => void
}

/** A checkbox, so that Enter saves wherever the focus is. */
function Choice({ intent, digit, probability, isChosen, onToggle }: ChoiceProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  return (
    <label className={classes.choice} data-chosen={isChosen || undefined} title={intent.description || undefined}>
      <input type="checkbox" checked={isChosen} onChange={onToggle} />
      {digit && <Keys keys={digit} />}
      <bdi className={classes.name}>{intent.name}</bdi>
      {probability !== null && (
        <span className={settings.rowNote}>{t('queue.guess', { share: format.percent(probability) })}</span>
      )}
    </label>
  )
}

function Acts({ labelling }: { labelling: Labelling }) {
  const { t } = useTranslation('triage')
  return (
    <div className={classes.acts}>
      <Button disabled={labelling.chosen.length === 0} onClick={labelling.save} rightSection={<Keys keys="Enter" />}>
        {t('queue.save')}
      </Button>
      <Button variant="default" onClick={labelling.nowhere} rightSection={<Keys keys="n" />}>
        {t('queue.nowhere')}
      </Button>
      <Button variant="default" onClick={labelling.skip} rightSection={<Keys keys="s" />}>
        {t('queue.skip')}
      </Button>
      <Button
        variant="subtle"
        color="gray"
        disabled={!labelling.canGoBack}
        onClick={labelling.goBack}
        rightSection={<Keys keys="z" />}
      >
        {t('queue.back')}
      </Button>
      {labelling.count > 0 && (
        <span className={settings.quiet} role="status">
          {t('queue.count', { count: labelling.count })}
        </span>
      )}
    </div>
  )
}
