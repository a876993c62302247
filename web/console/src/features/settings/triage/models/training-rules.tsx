import { NumberInput, Radio, Switch } from '@mantine/core'
import type { TriageTraining } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../../components/states'
import { useAct } from '../../../../lib/use-act'
import { keys } from '../../../../queries/keys'
import { changeTraining, trainingQuery } from '../../../../queries/triage'
import { useDraft } from '../../model/use-draft'
import { Section } from '../../parts/page'
import { SaveBar } from '../../parts/save-bar'
import classes from '../../settings.module.css'

const usualLabels = 200

/** When models are trained by themselves, and who puts them to use. */
export function TrainingRules() {
  const { t } = useTranslation('triage')
  const training = useQuery(trainingQuery)
  return (
    <Section title={t('training.title')} text={t('training.text')}>
      {training.isPending && <RowSkeletons rows={3} height={60} />}
      {training.isError && !training.data && <Failed error={training.error} retry={() => void training.refetch()} />}
      {training.data && <Form settings={training.data} />}
    </Section>
  )
}

/** What is typed as a number of `least` to `most`; what is no number counts as `least`. */
const within = (typed: string | number, least: number, most: number) =>
  Math.min(most, Math.max(least, Number(typed) || least))

function Form({ settings }: { settings: TriageTraining }) {
  const { t } = useTranslation(['triage', 'settings'])
  const draft = useDraft(settings)
  const save = useAct(changeTraining, [keys.triage.training], t('settings:saved'))
  const { value, set } = draft
  return (
    <>
      <div className={`${classes.card} ${classes.form}`}>
        <Radio.Group
          label={t('triage:training.promotion')}
          value={value.promotion}
          onChange={(chosen) => set({ promotion: chosen === 'rule' ? 'rule' : 'person' })}
        >
          <Radio value="person" mt="xs" label={t('triage:training.person')} />
          <Radio value="rule" mt="xs" label={t('triage:training.rule')} />
        </Radio.Group>
        {value.promotion === 'rule' && (
          <div className={classes.pair}>
            <NumberInput
              label={t('triage:training.leastGain')}
              description={t('triage:training.leastGainHint')}
              value={value.least_gain}
              min={0}
              max={100}
              step={0.5}
              onChange={(typed) => set({ least_gain: within(typed, 0, 100) })}
            />
            <NumberInput
              label={t('triage:training.mostLoss')}
              description={t('triage:training.mostLossHint')}
              value={value.most_loss}
              min={0}
              max={100}
              step={0.5}
              onChange={(typed) => set({ most_loss: within(typed, 0, 100) })}
            />
          </div>
        )}
        <Switch
          label={t('triage:training.again')}
          description={t('triage:training.againHint')}
          checked={value.retrain_after !== null}
          onChange={(event) => set({ retrain_after: event.currentTarget.checked ? usualLabels : null })}
        />
        {value.retrain_after !== null && (
          <NumberInput
            label={t('triage:training.after')}
            value={value.retrain_after}
            min={1}
            max={100_000}
            allowDecimal={false}
            onChange={(typed) => set({ retrain_after: within(typed, 1, 100_000) })}
          />
        )}
      </div>
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={save.isPending}
        onSave={() => save.mutate(value, { onSuccess: draft.discard })}
        onDiscard={draft.discard}
      />
    </>
  )
}
