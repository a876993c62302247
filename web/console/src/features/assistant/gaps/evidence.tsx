import { Button } from '@mantine/core'
import type { Gap, Id } from '@rapport/client'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { linkGap } from '../../../queries/assistant'
import { keys } from '../../../queries/keys'
import classes from '../assistant.module.css'
import { Card } from '../frame'

function Talk({ id, children }: { id: Id; children: ReactNode }) {
  return (
    <Link to="/inbox/$view/$conversationId" params={{ view: 'all', conversationId: id }} className={classes.link}>
      {children}
    </Link>
  )
}

/** How customers asked it, each with the way to the conversation. */
export function Questions({ gap }: { gap: Gap }) {
  const { t } = useTranslation(['assistant', 'inbox'])
  const format = useFormat()
  const reasonOf = (reason: string) => t(`inbox:answer.reasons.${reason as 'not_sure'}`, reason)
  return (
    <Card title={t('assistant:gap.questions')} text={t('assistant:gap.questionsText')}>
      {gap.questions.length === 0 && <p className={classes.soft}>{t('assistant:gap.noQuestions')}</p>}
      <ul className={classes.quotes}>
        {gap.questions.map((each) => (
          <li key={`${each.conversation_id} ${each.seq}`}>
            <bdi className={classes.words} lang={gap.language || undefined}>
              {each.text || t('assistant:gaps.unreadable')}
            </bdi>
            <span className={classes.note}>
              <Talk id={each.conversation_id}>{t('assistant:conversation', { number: each.number })}</Talk> ·{' '}
              <TimeAgo at={each.asked_at} /> · {reasonOf(each.reason)} · {format.percent(each.confidence)}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** What colleagues answered; a draft is written from it. */
export function Replies({ gap }: { gap: Gap }) {
  const { t } = useTranslation('assistant')
  return (
    <Card title={t('gap.replies')} text={t('gap.repliesText')}>
      {gap.replies.length === 0 && <p className={classes.soft}>{t('gap.noReplies')}</p>}
      <ul className={classes.quotes}>
        {gap.replies.map((each) => (
          <li key={`${each.conversation_id} ${each.seq}`}>
            <bdi className={classes.words}>{each.text}</bdi>
            <span className={classes.note}>
              <bdi>{each.agent}</bdi> ·{' '}
              <Talk id={each.conversation_id}>{t('conversation', { number: each.number })}</Talk> ·{' '}
              <TimeAgo at={each.created_at} />
              {each.is_solution && <span className={classes.solution}> · {t('gap.solution')}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The articles that come near; one of them may be the answer. */
export function Near({ gap, mayLink }: { gap: Gap; mayLink: boolean }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const link = useAct(linkGap, [keys.assistant.gaps, keys.assistant.overviews], t('gap.linked'))
  return (
    <Card title={t('gap.near')} text={t('gap.nearText')}>
      {gap.near.length === 0 && <p className={classes.soft}>{t('gap.noNear')}</p>}
      <ul className={classes.quotes}>
        {gap.near.map(({ article, times, score }) => (
          <li key={article.id} className={classes.near}>
            <span className={classes.rowText}>
              <Link to="/knowledge/$articleId" params={{ articleId: article.id }} className={classes.link}>
                <bdi>{article.title}</bdi>
              </Link>
              <span className={classes.note}>
                {t('gap.closeness', { percent: format.percent(Math.min(1, score)) })} ·{' '}
                {t('gap.times', { count: times })}
                {article.status === 'draft' && ` · ${t('gaps.status.draft')}`}
              </span>
            </span>
            {mayLink && gap.article?.id !== article.id && (
              <Button
                size="compact-sm"
                variant="default"
                loading={link.isPending && link.variables?.articleId === article.id}
                aria-label={t('gap.thisNamed', { title: article.title })}
                onClick={() => link.mutate({ id: gap.id, articleId: article.id })}
              >
                {t('gap.this')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The messages that the sentences of its draft were taken from. */
export function Sources({ gap }: { gap: Gap }) {
  const { t } = useTranslation('assistant')
  const sentences = [...new Set(gap.sources.map((each) => each.sentence))]
  return (
    <Card title={t('gap.sources')} text={t('gap.sourcesText')}>
      <ul className={classes.quotes}>
        {sentences.map((sentence) => (
          <li key={sentence}>
            <span className={classes.links}>
              {t('gap.sentence', { number: sentence + 1 })}
              {gap.sources
                .filter((each) => each.sentence === sentence)
                .map((each) => (
                  <Talk key={`${each.conversation_id} ${each.seq}`} id={each.conversation_id}>
                    {t('gap.message', { number: each.seq })}
                  </Talk>
                ))}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
