import { ActionIcon } from '@mantine/core'
import type { Reading, ReadingCorrection } from '@rapport/client'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../../../components/states'
import { TimeAgo } from '../../../../components/time'
import { useAct } from '../../../../lib/use-act'
import { useFormat } from '../../../../lib/use-format'
import { threadQuery } from '../../../../queries/conversations'
import { hearOfTriage } from '../../../../queries/live-triage'
import { useCan } from '../../../../queries/me'
import { useMembersById } from '../../../../queries/people'
import { correctReading, readingsQuery } from '../../../../queries/triage'
import context from '../context.module.css'
import type { Correct } from './corrections'
import { Emotion, Language, Spam, Urgency } from './facts'
import { Found } from './found'
import { Intents } from './intents'
import { Priority } from './priority'
import classes from './reading.module.css'

/** What the machine read in the customer's messages, to look at and to correct; nothing where nothing was read. */
export function ReadingCard({ conversationId }: { conversationId: string }): ReactNode {
  const { t } = useTranslation('triage')
  const query = useQuery(readingsQuery(conversationId))
  const [chosen, choose] = useState<string | null>(null)
  const readings = query.data ?? []
  const index = Math.max(
    0,
    readings.findIndex(({ message_id }) => message_id === chosen),
  )
  const reading = readings[index]
  if (query.isError && !reading) return <Failed error={query.error} retry={() => void query.refetch()} />
  if (!reading) return null
  return (
    <section aria-label={t('reading.title')}>
      <div className={classes.top}>
        <h3 className={classes.title}>{t('reading.title')}</h3>
        {readings.length > 1 && (
          <Steps
            index={index}
            count={readings.length}
            onChoose={(next) => choose(next === 0 ? null : (readings[next]?.message_id ?? null))}
          />
        )}
      </div>
      <One key={reading.message_id} reading={reading} />
    </section>
  )
}

interface StepsProps {
  index: number
  count: number
  onChoose: (index: number) => void
}

/** From message to message; the latest is first. */
function Steps({ index, count, onChoose }: StepsProps) {
  const { t } = useTranslation('triage')
  const format = useFormat()
  return (
    <span className={classes.steps}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={t('reading.earlier')}
        disabled={index === count - 1}
        onClick={() => onChoose(index + 1)}
      >
        <IconChevronLeft size={16} className={context.mirrored} aria-hidden />
      </ActionIcon>
      <span className="tabular" aria-live="polite">
        {t('reading.place', { number: format.number(count - index), count: format.number(count) })}
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={t('reading.later')}
        disabled={index === 0}
        onClick={() => onChoose(index - 1)}
      >
        <IconChevronRight size={16} className={context.mirrored} aria-hidden />
      </ActionIcon>
    </span>
  )
}

function One({ reading }: { reading: Reading }) {
  const { t } = useTranslation('triage')
  const queries = useQueryClient()
  const mayCorrect = useCan('conversations.tag')
  const text = useText(reading)
  const act = useAct(async (change: ReadingCorrection) => {
    hearOfTriage(queries, { reading: await correctReading({ id: reading.message_id, ...change }) })
  }, [])
  const correct: Correct | null = mayCorrect ? (change) => act.mutate(change) : null
  return (
    <div className={classes.card} aria-busy={act.isPending}>
      {text && (
        <q className={classes.quote} dir="auto">
          {text}
        </q>
      )}
      <Intents reading={reading} correct={correct} />
      <dl className={classes.facts}>
        <Language reading={reading} correct={correct} />
        <Emotion reading={reading} correct={correct} />
        <Urgency reading={reading} correct={correct} />
        <Spam reading={reading} correct={correct} />
        <Priority reading={reading} correct={correct} />
      </dl>
      {text && <Found reading={reading} text={text} />}
      <Corrected reading={reading} />
      {mayCorrect && (
        <Link to="/settings/labelling" className={context.profile}>
          {t('reading.label')}
        </Link>
      )}
    </div>
  )
}

/** The words of the message; the open conversation has them already. */
function useText({ conversation_id, message_id }: Reading): string {
  const thread = useInfiniteQuery(threadQuery(conversation_id))
  const messages = thread.data?.pages.flatMap(({ items }) => items) ?? []
  return messages.find(({ id }) => id === message_id)?.body ?? ''
}

/** Who said that something is otherwise, and what. */
function Corrected({ reading: { corrected, corrected_by, corrected_at } }: { reading: Reading }) {
  const { t, i18n } = useTranslation('triage')
  const members = useMembersById()
  if (corrected.length === 0 || !corrected_by) return null
  const id = corrected_by.slice(corrected_by.indexOf(':') + 1)
  const fields = new Intl.ListFormat(i18n.language).format(corrected.map((field) => t(`reading.field.${field}`)))
  return (
    <p className={classes.note}>
      {t('reading.correctedBy', { name: members.get(id)?.name ?? t('reading.somebody'), fields })}
      {corrected_at && (
        <>
          {' · '}
          <TimeAgo at={corrected_at} />
        </>
      )}
    </p>
  )
}
