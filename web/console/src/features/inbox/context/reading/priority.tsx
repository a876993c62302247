import type { Reading } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../lib/use-format'
import { isCorrected, priorities } from './corrections'
import { Choose, type FactProps, Row } from './facts'
import classes from './reading.module.css'

/** How soon it should be answered, and what makes it so. */
export function Priority({ reading, correct }: FactProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  const isByPerson = isCorrected(reading, 'priority')
  return (
    <>
      <Row
        label={t('reading.field.priority')}
        aside={t('reading.score', { score: format.number(reading.score) })}
        machine={isByPerson && t(`reading.priority.${reading.machine.priority}`)}
      >
        <Choose
          label={t('reading.field.priority')}
          value={reading.priority}
          values={priorities}
          word={(each) => t(`reading.priority.${each}`)}
          onChoose={correct && ((priority) => correct({ priority }))}
        />
      </Row>
      {reading.priority_reasons.length > 0 && (
        <div>
          <dt>{t('reading.why')}</dt>
          <dd>
            <ul className={classes.reasons}>
              {reading.priority_reasons.map((reason) => (
                <Reason key={reason.code} reason={reason} />
              ))}
            </ul>
          </dd>
        </div>
      )}
    </>
  )
}

/** A reason in words with its points, such as `Waits for 5 hours +8`. */
function Reason({ reason: { code, points, amount } }: { reason: Reading['priority_reasons'][number] }) {
  const { t, i18n } = useTranslation('triage')
  const signed = new Intl.NumberFormat(i18n.language, { signDisplay: 'always' }).format(points)
  return (
    <li>
      <span>{t(`reading.reason.${code}`, { count: amount ?? 0, defaultValue: code })}</span>
      <span className="tabular">{signed}</span>
    </li>
  )
}
