import type { GapRow } from '@rapport/client'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import classes from '../assistant.module.css'

/** A gap as a row that leads to it: the question, how often it was asked, and what comes near. */
export function GapLine({ gap }: { gap: GapRow }) {
  const { t } = useTranslation('assistant')
  const article = gap.article ?? gap.nearest
  return (
    <Link to="/assistant/gaps/$gapId" params={{ gapId: gap.id }} className={classes.row} data-row>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle} lang={gap.language || undefined}>
          {gap.question || t('gaps.unreadable')}
        </bdi>
        {article && (
          <span className={classes.note}>
            {t(gap.article ? 'gaps.article' : 'gaps.nearest')} <bdi>{article.title}</bdi>
          </span>
        )}
      </span>
      <span className={classes.rowMeta}>
        <strong>{t('gaps.asked', { count: gap.asked })}</strong>
        <span className={classes.note}>
          {t('gaps.customers', { count: gap.customers })} · <TimeAgo at={gap.last_asked_at} />
        </span>
      </span>
    </Link>
  )
}
