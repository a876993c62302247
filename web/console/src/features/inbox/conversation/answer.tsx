import { Button, Popover } from '@mantine/core'
import { safeHref } from '@rapport/cards'
import type { Answer, Message } from '@rapport/client'
import { IconExternalLink, IconHelpCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Tooltip } from '../../../components/tooltip'
import { certaintyOf, Why, withoutMarks } from '../../../components/why'
import { useFormat } from '../../../lib/use-format'
import { answersQuery } from '../../../queries/conversations'
import classes from './conversation.module.css'

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
