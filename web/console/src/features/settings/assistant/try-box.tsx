import { Button, TextInput } from '@mantine/core'
import type { AssistantTrial, Id } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AssistantMark } from '../../../components/person'
import { Prose } from '../../../components/prose'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { tryAssistant } from '../inboxes/queries'
import classes from '../settings.module.css'

/** Ask as a customer would; nothing is sent to anybody. */
export function TryBox({ inboxId }: { inboxId: Id }) {
  const { t } = useTranslation('settings')
  const [question, setQuestion] = useState('')
  const ask = useAct(tryAssistant, [])
  return (
    <div className={`${classes.card} ${classes.form}`}>
      <form
        className={classes.actions}
        style={{ alignItems: 'flex-end' }}
        onSubmit={(event) => {
          event.preventDefault()
          if (question.trim()) ask.mutate({ inbox_id: inboxId, question: question.trim() })
        }}
      >
        <TextInput
          style={{ flex: 1 }}
          label={t('assistant.question')}
          value={question}
          maxLength={1_000}
          dir="auto"
          onChange={(event) => setQuestion(event.currentTarget.value)}
        />
        <Button type="submit" loading={ask.isPending}>
          {t('assistant.ask')}
        </Button>
      </form>
      <div aria-live="polite">{ask.data && <Trial trial={ask.data} />}</div>
    </div>
  )
}

function Trial({ trial }: { trial: AssistantTrial }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  return (
    <div className={classes.answer} data-decision={trial.decision}>
      <p className={classes.decision}>
        <AssistantMark size={24} />
        {t(`assistant.decision.${trial.decision}`)}
        <span className={classes.tag}>{t('assistant.confidence', { percent: format.percent(trial.confidence) })}</span>
      </p>
      {trial.html && <Prose html={trial.html} />}
      {trial.mode === 'words' && <p className={classes.quiet}>{t('assistant.words')}</p>}
      <span className={classes.fieldLabel}>{t('assistant.candidates')}</span>
      {trial.candidates.length === 0 && <p className={classes.quiet}>{t('assistant.nothing')}</p>}
      <ol className={classes.candidates}>
        {trial.candidates.map((candidate) => (
          <li key={candidate.article_id + candidate.quote}>
            <a href={candidate.url} target="_blank" rel="noreferrer">
              <bdi>{candidate.title}</bdi>
            </a>
            <span>
              {candidate.used && <span className={classes.tag}>{t('assistant.used')}</span>}{' '}
              <span className="tabular">{format.percent(candidate.score)}</span>
            </span>
            {candidate.quote && (
              <q>
                <bdi>{candidate.quote}</bdi>
              </q>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}
