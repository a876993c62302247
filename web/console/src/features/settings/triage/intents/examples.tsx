import { Button, CloseButton, Textarea } from '@mantine/core'
import type { IntentExample, IntentRow } from '@rapport/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../../components/states'
import { TimeAgo } from '../../../../components/time'
import { useAct } from '../../../../lib/use-act'
import { keys } from '../../../../queries/keys'
import { examplesQuery, removeExample, typeExamples } from '../../../../queries/triage'
import { Section } from '../../parts/page'
import classes from '../../settings.module.css'

/** So many texts at once, and so long each. */
export const mostExamples = 100
const mostChars = 2_000

/** One text in each line that has one. */
export const linesOf = (typed: string): string[] =>
  typed
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

interface Props {
  intent: IntentRow
  mayManage: boolean
}

/** The texts that teach an intent: typed ones, and messages that people said are about it. */
export function Examples({ intent, mayManage }: Props) {
  const { t } = useTranslation('triage')
  const query = useInfiniteQuery(examplesQuery(intent.id))
  const examples = query.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title={t('examples.title')} text={t('examples.text')}>
      {mayManage && !intent.archived_at && <Typing intentId={intent.id} />}
      {query.isPending && <RowSkeletons rows={3} height={60} />}
      {query.isError && examples.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && examples.length === 0 && <Empty title={t('examples.none')} text={t('examples.noneText')} />}
      {examples.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows} aria-label={t('examples.title')}>
            {examples.map((example) => (
              <Row key={example.id} intentId={intent.id} example={example} mayManage={mayManage} />
            ))}
          </ul>
        </div>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Section>
  )
}

function Typing({ intentId }: { intentId: string }) {
  const { t } = useTranslation('triage')
  const [typed, setTyped] = useState('')
  const lines = linesOf(typed)
  const add = useAct(typeExamples, [keys.triage.examples(intentId), keys.triage.intents])
  const problem =
    lines.length > mostExamples
      ? t('examples.tooMany', { count: mostExamples })
      : lines.some((line) => [...line].length > mostChars)
        ? t('examples.tooLong', { count: mostChars })
        : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (lines.length > 0 && !problem) add.mutate({ id: intentId, examples: lines }, { onSuccess: () => setTyped('') })
  }
  return (
    <form className={`${classes.card} ${classes.form}`} style={{ marginBottom: 'var(--rp-space-3)' }} onSubmit={submit}>
      <Textarea
        label={t('examples.type')}
        description={t('examples.typeHint')}
        value={typed}
        error={problem}
        autosize
        minRows={3}
        maxRows={12}
        dir="auto"
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button type="submit" disabled={lines.length === 0 || problem !== null} loading={add.isPending}>
          {t('examples.add', { count: lines.length })}
        </Button>
      </div>
    </form>
  )
}

interface RowProps {
  intentId: string
  example: IntentExample
  mayManage: boolean
}

function Row({ intentId, example, mayManage }: RowProps) {
  const { t } = useTranslation('triage')
  const remove = useAct(removeExample, [keys.triage.examples(intentId), keys.triage.intents])
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi style={{ overflowWrap: 'anywhere' }}>{example.text}</bdi>
        <span className={classes.rowNote}>
          {example.conversation_id ? (
            <Link
              to="/inbox/$view/$conversationId"
              params={{ view: 'all', conversationId: example.conversation_id }}
              className={classes.rowLink}
            >
              {t(`examples.source.${example.source}`)}
            </Link>
          ) : (
            t(`examples.source.${example.source}`)
          )}
          {' · '}
          <TimeAgo at={example.created_at} />
        </span>
      </span>
      {mayManage && (
        <CloseButton
          aria-label={t('examples.remove', { text: example.text.slice(0, 60) })}
          disabled={remove.isPending}
          onClick={() => remove.mutate({ id: intentId, exampleId: example.id })}
        />
      )}
    </li>
  )
}
