import { Button, NativeSelect } from '@mantine/core'
import type { Answer } from '@rapport/client'
import { IconChevronRight, IconMessageQuestion } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { certaintyOf, Why } from '../../../components/why'
import { allAnswersQuery } from '../../../queries/assistant'
import classes from '../assistant.module.css'
import { Head } from '../frame'
import { decisions } from '../search'
import { useRowKeys } from '../use-row-keys'

const route = getRouteApi('/work/assistant/answers')

/** Everything the assistant decided, the latest first, and why. */
export function AnswersPage(): ReactNode {
  const { t } = useTranslation('assistant')
  const { decision } = route.useSearch()
  const navigate = useNavigate()
  return (
    <>
      <Head title={t('answers.title')} text={t('answers.text')}>
        <search className={classes.filters} aria-label={t('filters')}>
          <NativeSelect
            label={t('answers.decision')}
            data={[
              { value: '', label: t('answers.all') },
              ...decisions.map((value) => ({ value, label: t(`decision.${value}`) })),
            ]}
            value={decision ?? ''}
            onChange={(event) => {
              const next = decisions.find((each) => each === event.currentTarget.value)
              void navigate({ to: '/assistant/answers', search: next ? { decision: next } : {}, replace: true })
            }}
          />
        </search>
      </Head>
      <AnswerList decision={decision} />
    </>
  )
}

/** The answers of one decision, or all, page by page. */
export function AnswerList({ decision }: { decision: Answer['decision'] | undefined }) {
  const { t } = useTranslation('assistant')
  const query = useInfiniteQuery(allAnswersQuery(decision))
  const list = useRowKeys<HTMLUListElement>()
  const answers = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <RowSkeletons height={60} />
  if (query.isError && answers.length === 0) return <Failed error={query.error} retry={() => void query.refetch()} />
  if (answers.length === 0) {
    return <Empty icon={IconMessageQuestion} title={t('answers.none')} text={t('answers.noneText')} />
  }
  return (
    <>
      <ul ref={list} className={classes.rows} data-framed aria-label={t('answers.title')}>
        {answers.map((answer) => (
          <li key={answer.id}>
            <AnswerRow answer={answer} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="default"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </>
  )
}

/** The question and what came of it; opened, the reasons. */
function AnswerRow({ answer }: { answer: Answer }) {
  const { t } = useTranslation(['assistant', 'inbox'])
  const [isOpen, setOpen] = useState(false)
  return (
    <details className={classes.answer} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.row} data-row>
        <IconChevronRight size={16} className={classes.chevron} aria-hidden />
        <span className={classes.rowText}>
          <bdi className={classes.rowTitle}>{answer.question || t('assistant:gaps.unreadable')}</bdi>
          <span className={classes.note}>{t(`inbox:answer.reasons.${answer.reason}`)}</span>
        </span>
        <span className={classes.rowMeta}>
          <span className={classes.mark} data-decision={answer.decision}>
            {t(`assistant:decision.${answer.decision}`)}
          </span>
          <span className={classes.note}>
            {answer.decision === 'answered' && `${t(`inbox:answer.${certaintyOf(answer.confidence)}`)} · `}
            <TimeAgo at={answer.created_at} />
          </span>
        </span>
      </summary>
      {isOpen && (
        <div className={classes.whyBody}>
          <Why answer={answer} />
          <Link
            to="/inbox/$view/$conversationId"
            params={{ view: 'all', conversationId: answer.conversation_id }}
            className={classes.link}
          >
            {t('assistant:answers.open')}
          </Link>
        </div>
      )}
    </details>
  )
}
