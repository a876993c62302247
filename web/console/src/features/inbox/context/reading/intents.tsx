import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Picker } from '../../../../components/picker'
import { useFormat } from '../../../../lib/use-format'
import { intentsQuery, isOffered, useIntentsById } from '../../../../queries/triage'
import { afterPressing, intentsShown, isCorrected } from './corrections'
import type { FactProps } from './facts'
import classes from './reading.module.css'

/** What the message is about: guesses to confirm with one click, others to choose, or nothing that is known. */
export function Intents({ reading, correct }: FactProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const intents = useIntentsById()
  const isByPerson = isCorrected(reading, 'intents')
  const nameOf = (id: string) => intents.get(id)?.name ?? t('reading.gone')
  const said = new Set(isByPerson ? reading.intents.map(({ intent_id }) => intent_id) : [])
  const machine = reading.machine.intents.map(
    ({ intent_id, probability }) =>
      `${nameOf(intent_id)}${probability === null ? '' : ` ${format.percent(probability)}`}`,
  )
  const press = (id: string) => correct?.({ intent_ids: afterPressing(reading, id) })
  return (
    <div className={classes.intents}>
      <h4 className={classes.label}>{t('reading.field.intents')}</h4>
      {!isByPerson && !reading.is_known && <p className={classes.note}>{t('reading.unsure')}</p>}
      <ul className={classes.chips}>
        {intentsShown(reading).map(({ intent_id, probability }) => (
          <li key={intent_id}>
            <Chip
              name={nameOf(intent_id)}
              share={probability === null ? null : format.percent(probability)}
              isSaid={said.has(intent_id)}
              onPress={correct && (() => press(intent_id))}
            />
          </li>
        ))}
        {correct && (
          <>
            <li>
              <Other chosen={[...said]} onChoose={press} />
            </li>
            <li>
              <Chip
                name={t('reading.nowhere')}
                share={null}
                isSaid={isByPerson && said.size === 0}
                onPress={() => correct({ intent_ids: [] })}
              />
            </li>
          </>
        )}
      </ul>
      {!correct && isByPerson && said.size === 0 && <p className={classes.note}>{t('reading.nowhere')}</p>}
      {isByPerson && (
        <p className={classes.machine}>
          {t('reading.machine', { what: machine.length > 0 ? machine.join(', ') : t('reading.unknown') })}
        </p>
      )}
    </div>
  )
}

interface ChipProps {
  name: string
  share: string | null
  isSaid: boolean
  onPress: (() => void) | null
}

function Chip({ name, share, isSaid, onPress }: ChipProps) {
  const content = (
    <>
      {isSaid && <IconCheck size={13} aria-hidden />}
      <bdi>{name}</bdi>
      {share && <span className="tabular">{share}</span>}
    </>
  )
  if (!onPress) return <span className={classes.chip}>{content}</span>
  return (
    <button type="button" className={classes.chip} aria-pressed={isSaid} onClick={onPress}>
      {content}
    </button>
  )
}

function Other({ chosen, onChoose }: { chosen: string[]; onChoose: (id: string) => void }) {
  const { t } = useTranslation('triage')
  const [opened, setOpened] = useState(false)
  const offered = (useQuery(intentsQuery).data ?? []).filter(isOffered)
  return (
    <Picker
      opened={opened}
      onOpenedChange={setOpened}
      label={t('reading.find')}
      choices={offered.map(({ id, name, description }) => ({ id, label: name, detail: description }))}
      chosen={chosen}
      onChoose={(id) => {
        setOpened(false)
        onChoose(id)
      }}
    >
      <Button
        variant="default"
        size="compact-xs"
        aria-haspopup="listbox"
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        {t('reading.other')}
      </Button>
    </Picker>
  )
}
