import { Button, Popover } from '@mantine/core'
import { safeHref } from '@rapport/cards'
import type { Answer, Message } from '@rapport/client'
import { IconExternalLink, IconHelpCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Tooltip } from '../../../components/tooltip'
import { useFormat } from '../../../lib/use-format'
import { answersQuery } from '../../../queries/conversations'
import classes from './conversation.module.css'

/** How certain, in words people use; the number is there on hover. */
export const certaintyOf = (confidence: number): 'sure' | 'fairly' | 'unsure' =>
  confidence >= 0.8 ? 'sure' : confidence >= 0.5 ? 'fairly' : 'unsure'

/** What an assistant's message rests on: its sources, its certainty, and why it said so. */
export function AnswerLine({ message }: { message: Message }) {
  const answers = useQuery(answersQuery(message.conversation_id))
  const answer = answers.data?.find((each) => each.id === message.answer_id || each.message_id === message.id)
  const sources = message.cards.flatMap((card) => (card.kind === 'sources' ? card.sources : []))
  if (!answer && sources.length === 0) return null
  return (
    <div className={classes.answer}>
      {sources.map((source) => (
        <SourceChip key={source.title + source.url} title={source.title} url={source.url} quote={source.quote} />
      ))}
      {answer && <Ground answer={answer} />}
    </div>
  )
}

/** The certainty in words, and the reasons behind it. */
function Ground({ answer }: { answer: Answer }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  return (
    <>
      {answer.decision === 'answered' && (
        <Tooltip label={t('answer.certainty', { percent: format.percent(answer.confidence) })}>
          <span className={classes.certainty}>{t(`answer.${certaintyOf(answer.confidence)}`)}</span>
        </Tooltip>
      )}
      <Popover width={380} position="bottom-start" withArrow={false}>
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconHelpCircle size={14} aria-hidden />}
            className={classes.why}
          >
            {t('answer.why')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.whyBody}>
          <Why answer={answer} />
        </Popover.Dropdown>
      </Popover>
    </>
  )
}

/** A quotation is shown as words; the marks of Markdown say nothing in it. */
const withoutMarks = (markdown: string) => markdown.replace(/\*\*|__|`|^#+ /gm, '')

interface SourceProps {
  title: string
  url: string | null
  quote: string | null
}

const SourceChip = ({ title, url, quote }: SourceProps) => (
  <Tooltip label={quote && withoutMarks(quote)}>
    <a href={safeHref(url) ?? undefined} target="_blank" rel="noreferrer" className={classes.source}>
      <bdi>{title}</bdi>
      <IconExternalLink size={12} aria-hidden />
    </a>
  </Tooltip>
)

function Why({ answer }: { answer: Answer }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  return (
    <>
      <p className={classes.whyTitle}>{t(`answer.decision.${answer.decision}`)}</p>
      <dl className={classes.whyFacts}>
        <dt>{t('answer.question')}</dt>
        <dd>
          <bdi>{answer.question}</bdi>
        </dd>
        <dt>{t('answer.reason')}</dt>
        <dd>{t(`answer.reasons.${answer.reason}`)}</dd>
        <dt>{t('answer.confidence')}</dt>
        <dd className="tabular">{format.percent(answer.confidence)}</dd>
      </dl>
      <p className={classes.whyTitle}>{t('answer.candidates')}</p>
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
