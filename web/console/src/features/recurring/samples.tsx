import type { RecurringSample } from '@rapport/client'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/time'
import classes from './recurring.module.css'

/** How customers put it, each with the conversation it is from. */
export function Samples({ samples }: { samples: RecurringSample[] }) {
  const { t } = useTranslation('recurring')
  if (samples.length === 0) return null
  return (
    <section className={classes.card} aria-labelledby="samples-title">
      <h2 id="samples-title">{t('samples')}</h2>
      <ul className={classes.lines}>
        {samples.map((sample) => (
          <li key={`${sample.conversation_id}-${sample.seq}`} className={classes.line}>
            <div className={classes.rowText}>
              <blockquote dir="auto">{sample.text}</blockquote>
              <span className={classes.note}>
                <Link
                  to="/inbox/$view/$conversationId"
                  params={{ view: 'all', conversationId: sample.conversation_id }}
                >
                  {t('conversation', { number: sample.number })}
                </Link>
                {' · '}
                <TimeAgo at={sample.asked_at} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
