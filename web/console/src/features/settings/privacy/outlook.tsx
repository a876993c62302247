import { Alert } from '@mantine/core'
import type { Forecast, RuleDraft } from '@rapport/client'
import { IconHourglass } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import classes from '../settings.module.css'

/** What a rule would do tonight: how many, and the oldest of them. */
export function Outlook({ forecast, draft }: { forecast: Forecast; draft: RuleDraft }): ReactNode {
  const { t } = useTranslation('privacy')
  const format = useFormat()
  const key = forecast.capped ? 'trial.more' : 'trial.count'
  const title = t(key, { count: forecast.count, number: format.number(forecast.count) })
  return (
    <Alert variant="default" icon={<IconHourglass size={20} aria-hidden />} title={title} role="status">
      {forecast.count > 0 && (
        <>
          <p className={classes.text}>{t(`trial.${draft.effect}`)}</p>
          <ul>
            {forecast.examples.map(({ id, label, at }) => (
              <li key={id}>
                <bdi>{label || t('card.somebody')}</bdi> · <time dateTime={at}>{format.date(at)}</time>
              </li>
            ))}
          </ul>
        </>
      )}
    </Alert>
  )
}
