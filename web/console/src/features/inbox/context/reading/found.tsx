import type { Reading } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { sliceCharacters } from '../../../../lib/code-points'
import classes from './reading.module.css'

/** Dates, numbers and the like that stand in the message. */
export function Found({ reading, text }: { reading: Reading; text: string }) {
  const { t } = useTranslation('triage')
  if (reading.entities.length === 0) return null
  return (
    <details className={classes.found}>
      <summary>{t('reading.found', { count: reading.entities.length })}</summary>
      <dl className={classes.facts}>
        {reading.entities.map(({ kind, start, end, value }) => {
          const words = sliceCharacters(text, start, end)
          return (
            <div key={`${kind}-${start}`}>
              <dt>{t(`reading.entity.${kind}`, { defaultValue: kind })}</dt>
              <dd>
                <bdi>{words}</bdi>
                {value !== null && value !== words && <bdi className={classes.note}> {value}</bdi>}
              </dd>
            </div>
          )
        })}
      </dl>
    </details>
  )
}
