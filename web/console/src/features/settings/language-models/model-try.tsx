import { Alert, Button } from '@mantine/core'
import type { ModelTrial } from '@rapport/client'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { useFormat } from '../../../lib/use-format'
import classes from '../settings.module.css'
import { asIn, type ModelDraft } from './model'
import { tryModel } from './queries'

interface Props {
  draft: ModelDraft
  isReady: boolean
}

/** Asks the model one tiny thing, as it stands in the form; nothing is saved. */
export function ModelTry({ draft, isReady }: Props) {
  const { t } = useTranslation('models')
  const trial = useMutation({ mutationFn: tryModel })
  return (
    <div className={classes.form} style={{ padding: 0 }}>
      <div>
        <Button
          variant="default"
          disabled={!isReady}
          loading={trial.isPending}
          onClick={() => trial.mutate(asIn(draft))}
        >
          {t(trial.data ? 'try.again' : 'try.act')}
        </Button>
      </div>
      <div aria-live="polite">
        {trial.isError && (
          <Alert color="red" title={t('try.failed')}>
            {explain(trial.error)}
          </Alert>
        )}
        {trial.data && !trial.isPending && <Came trial={trial.data} />}
      </div>
    </div>
  )
}

function Came({ trial }: { trial: ModelTrial }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  if (!trial.ok) {
    return (
      <Alert color="red" title={t('try.failed')}>
        <bdi>{trial.said}</bdi>
      </Alert>
    )
  }
  return (
    <Alert color="green" title={t('try.works')}>
      <q>
        <bdi>{trial.said}</bdi>
      </q>
      <br />
      {t('try.figures', {
        ms: format.number(trial.latency_ms),
        input: format.number(trial.input_tokens),
        output: format.number(trial.output_tokens),
        cost: format.money(trial.cost, trial.currency),
      })}
    </Alert>
  )
}
