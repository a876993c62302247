import { safeHref } from '@rapport/cards'
import type { Answer } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../lib/use-format'
import classes from './why.module.css'

/** How certain, in words people use; the number is there on hover. */
export const certaintyOf = (confidence: number): 'sure' | 'fairly' | 'unsure' =>
  confidence >= 0.8 ? 'sure' : confidence >= 0.5 ? 'fairly' : 'unsure'

/** A quotation is shown as words; the marks of Markdown say nothing in it. */
export const withoutMarks = (markdown: string) => markdown.replace(/\*\*|__|`|^#+ /gm, '')

/** Why the assistant did what it did: the question, its reason, its certainty, and what it found. */
export function Why({ answer }: { answer: Answer }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  return (
    <>
      <p className={classes.title}>{t(`answer.decision.${answer.decision}`)}</p>
      <dl className={classes.facts}>
        <dt>{t('answer.question')}</dt>
        <dd>
          <bdi>{answer.question}</bdi>
        </dd>
        <dt>{t('answer.reason')}</dt>
        <dd>{t(`answer.reasons.${answer.reason}`)}</dd>
        <dt>{t('answer.confidence')}</dt>
        <dd className="tabular">{format.percent(answer.confidence)}</dd>
        <How answer={answer} />
      </dl>
      {answer.candidates.length > 0 && <p className={classes.title}>{t('answer.candidates')}</p>}
      <ol className={classes.candidates}>
        {answer.candidates.map((candidate) => (
          <li key={candidate.article_id + candidate.quote} data-used={candidate.used}>
            <a href={safeHref(candidate.url) ?? undefined} target="_blank" rel="noreferrer">
              <bdi>{candidate.title}</bdi>
            </a>
            <span className="tabular">{format.percent(candidate.score)}</span>
            {candidate.used && <span className={classes.used}>{t('answer.used')}</span>}
            {candidate.quote && (
              <q>
                <bdi>{withoutMarks(candidate.quote)}</bdi>
              </q>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}

/** By what means it was found and worded, and how long that took; nothing where nothing was looked up. */
function How({ answer: { mode, wording, model, timings } }: { answer: Answer }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const ms = (step: string) => format.number(Math.round(timings[step] ?? 0))
  const isUnused = wording !== 'configured' && timings.model_ms !== undefined
  return (
    <>
      {mode && (
        <>
          <dt>{t('answer.found')}</dt>
          <dd>{t(`answer.mode.${mode}`, { ms: ms('retrieve_ms') })}</dd>
        </>
      )}
      {wording && (
        <>
          <dt>{t('answer.worded')}</dt>
          <dd>
            {wording === 'configured'
              ? t('answer.wording.configured', { name: model, ms: ms('model_ms') })
              : t('answer.wording.embedded', { ms: ms('compose_ms') })}
            {isUnused && `. ${t('answer.wording.unused', { ms: ms('model_ms') })}`}
          </dd>
        </>
      )}
    </>
  )
}
