import type { TriageFigures, TriageModel } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../../components/states'
import { useFormat } from '../../../../lib/use-format'
import { modelQuery, useIntentsById } from '../../../../queries/triage'
import classes from '../../settings.module.css'
import own from './models.module.css'

const measures = [
  'accuracy',
  'accuracy_with_refusals',
  'macro_f1',
  'oos_recall',
  'oos_precision',
  'calibration_error',
] as const

/** How a model did on messages held back, beside the model that was in use, on the very same messages. */
export function Figures({ id }: { id: string }) {
  const model = useQuery(modelQuery(id))
  if (model.isPending) return <RowSkeletons rows={3} height={36} />
  if (model.isError) return <Failed error={model.error} retry={() => void model.refetch()} />
  if (!model.data.figures) return null
  return <Known figures={model.data.figures} compared={model.data.compared_figures} model={model.data} />
}

interface Props {
  figures: TriageFigures
  compared: TriageFigures | null
  model: TriageModel
}

function Known({ figures, compared, model }: Props) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  return (
    <div className={own.inside}>
      <p className={classes.quiet}>
        {t('figures.held', { count: figures.count })}{' '}
        {t(figures.are_peoples ? 'figures.peoples' : 'figures.notPeoples')}
      </p>
      <Measures figures={figures} compared={compared} />
      <ByIntent figures={figures} compared={compared} />
      <Confusions figures={figures} />
      {model.learn_s !== null && model.peak_mb !== null && (
        <p className={classes.quiet}>
          {t('figures.cost', { seconds: format.number(Math.round(model.learn_s)), mb: format.number(model.peak_mb) })}
        </p>
      )}
    </div>
  )
}

type Compared = Pick<Props, 'figures' | 'compared'>

function Measures({ figures, compared }: Compared) {
  const { t } = useTranslation('triage')
  return (
    <div className={own.scroll}>
      <table className={own.table}>
        <caption>{t('figures.overall')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('figures.measure')}</th>
            <th scope="col">{t('figures.this')}</th>
            {compared && <th scope="col">{t('figures.inUse')}</th>}
          </tr>
        </thead>
        <tbody>
          {measures.map((name) => (
            <tr key={name}>
              <th scope="row">{t(`figures.name.${name}`)}</th>
              <Share value={figures[name]} />
              {compared && <Share value={compared[name]} />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Share({ value }: { value: number | null | undefined }) {
  const format = useFormat()
  return <td className="tabular">{value === null || value === undefined ? '–' : format.precise(value)}</td>
}

/** Where it finds all that is there, and where what it says is right. */
function ByIntent({ figures, compared }: Compared) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const nameOf = useName()
  const before = new Map(compared?.intents.map((each) => [each.intent_id, each.f1]))
  return (
    <div className={own.scroll}>
      <table className={own.table}>
        <caption>{t('figures.byIntent')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('figures.intent')}</th>
            <th scope="col">{t('figures.count')}</th>
            <th scope="col">{t('figures.precision')}</th>
            <th scope="col">{t('figures.recall')}</th>
            <th scope="col">{t('figures.f1')}</th>
            {compared && <th scope="col">{t('figures.f1InUse')}</th>}
          </tr>
        </thead>
        <tbody>
          {figures.intents.map((each) => (
            <tr key={each.intent_id}>
              <th scope="row">
                <bdi>{nameOf(each.intent_id)}</bdi>
              </th>
              <td className="tabular">{format.number(each.count)}</td>
              <Share value={each.precision} />
              <Share value={each.recall} />
              <Share value={each.f1} />
              {compared && <Share value={before.get(each.intent_id)} />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What is taken for what, the most frequent first. */
function Confusions({ figures }: Pick<Props, 'figures'>) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const nameOf = useName()
  if (figures.confusions.length === 0) return null
  return (
    <div className={own.scroll}>
      <table className={own.table}>
        <caption>{t('figures.confusions')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('figures.isAbout')}</th>
            <th scope="col">{t('figures.takenFor')}</th>
            <th scope="col">{t('figures.count')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.confusions.map(({ intent_id, taken_for_id, count }) => (
            <tr key={`${intent_id}-${taken_for_id}`}>
              <th scope="row">
                <bdi>{nameOf(intent_id)}</bdi>
              </th>
              <td>
                <bdi>{nameOf(taken_for_id)}</bdi>
              </td>
              <td className="tabular">{format.number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function useName() {
  const { t } = useTranslation('triage')
  const intents = useIntentsById()
  return (id: string | null) => (id === null ? t('figures.nothing') : (intents.get(id)?.name ?? t('reading.gone')))
}
