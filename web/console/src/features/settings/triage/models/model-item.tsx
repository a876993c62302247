import { Button } from '@mantine/core'
import type { TriageModelRow } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../../../components/progress'
import { TimeAgo } from '../../../../components/time'
import { useAct } from '../../../../lib/use-act'
import { useFormat } from '../../../../lib/use-format'
import { keys } from '../../../../queries/keys'
import { cancelTraining, promoteModel } from '../../../../queries/triage'
import classes from '../../settings.module.css'
import { Figures } from './figures'
import own from './models.module.css'

interface Props {
  model: TriageModelRow
  mayManage: boolean
}

/** One model: how far it is, how well it does, and what can be done with it. */
export function ModelItem({ model, mayManage }: Props) {
  const { t } = useTranslation('triage')
  const [isOpen, setOpen] = useState(false)
  return (
    <li className={own.item}>
      <div className={classes.row}>
        <span className={classes.rowText}>
          <span className={classes.rowTitle}>
            <TimeAgo at={model.created_at} />
          </span>
          <Note model={model} />
        </span>
        <span className={classes.tag} data-kind={kindOf(model)}>
          {t(`models.state.${model.state}`)}
        </span>
        {model.score && (
          <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t(isOpen ? 'models.hide' : 'models.figures')}
          </Button>
        )}
        {mayManage && <Acts model={model} />}
      </div>
      {model.state === 'training' && (
        <div className={own.inside} role="status">
          <p className={classes.quiet}>{t(`models.step.${model.step}`)}</p>
          <Advance label={t('models.progress')} done={model.percent} total={100} />
        </div>
      )}
      {model.error && (
        <p className={own.inside} role="alert">
          {t(`models.error.${model.error}`, { defaultValue: t('models.error.other', { code: model.error }) })}
        </p>
      )}
      {isOpen && <Figures id={model.id} />}
    </li>
  )
}

const kindOf = ({ state }: TriageModelRow) =>
  state === 'serving' ? 'on' : state === 'failed' || state === 'cancelled' ? 'off' : undefined

/** From what it was made, by whom, and its accuracy beside that of the model in use. */
function Note({ model }: { model: TriageModelRow }) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const { score, compared } = model
  return (
    <>
      <bdi className={classes.rowNote}>
        {t('models.made', { count: model.examples, name: model.created_by_name || t('models.itself') })}
      </bdi>
      {score && (
        <span className={classes.rowNote}>
          {compared
            ? t('models.besides', {
                share: format.precise(score.accuracy),
                other: format.precise(compared.accuracy),
                count: score.count,
              })
            : t('models.alone', { share: format.precise(score.accuracy), count: score.count })}
        </span>
      )}
    </>
  )
}

function Acts({ model }: { model: TriageModelRow }) {
  const { t } = useTranslation(['triage', 'common'])
  const stale = [keys.triage.models, keys.triage.model(model.id)]
  const cancel = useAct(cancelTraining, stale)
  const promote = useAct(promoteModel, stale, t('triage:models.promoted'))
  if (model.state === 'training') {
    return (
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        loading={cancel.isPending}
        onClick={() => cancel.mutate(model.id)}
      >
        {t('triage:models.cancel')}
      </Button>
    )
  }
  if (!model.can_promote) return null
  return (
    <Button size="compact-sm" loading={promote.isPending} onClick={() => promote.mutate(model.id)}>
      {t('triage:models.promote')}
    </Button>
  )
}
