import { Tooltip } from '@mantine/core'
import type { MyConversation } from '@rapport/client'
import { IconArrowBackUp, IconClock, IconFlag3Filled, IconMoonStars, IconNote } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { AssistantMark, Person } from '../../../components/person'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { useNow } from '../../../lib/use-now'
import { useMembersById, useTagsById } from '../../../queries/people'
import { useTypists } from '../model/presence'
import classes from './list.module.css'
import { TagDot } from './tag-dot'

const route = getRouteApi('/work/inbox/$view')

interface Props {
  row: MyConversation
  isTabStop: boolean
  onArrow: (by: number) => void
}

/** One conversation in the list: who, what last, how long they wait, who has it. */
export function ConversationRow({ row, isTabStop, onArrow }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const { view } = route.useParams()
  const unread = Math.max(0, row.last_seq - row.seen_seq)
  const name = row.customer.name || t('common:visitor')
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (!by) return
    event.preventDefault()
    onArrow(by)
  }
  return (
    <Link
      id={`row-${row.id}`}
      to="/inbox/$view/$conversationId"
      params={{ view, conversationId: row.id }}
      search={(previous) => ({ ...previous, panel: undefined })}
      preload={false}
      className={classes.row}
      data-unread={unread > 0}
      tabIndex={isTabStop ? 0 : -1}
      onKeyDown={onKeyDown}
    >
      <Person name={name} size={32} />
      <span className={classes.body}>
        <span className={classes.line}>
          <bdi className={classes.name}>{name}</bdi>
          <span className={classes.number}>#{row.number}</span>
          <span className={classes.grow} />
          <Timer row={row} />
        </span>
        <span className={classes.line}>
          <Preview row={row} />
          {unread > 0 && (
            <span className={classes.unread}>
              <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
              <span className="visually-hidden">{t('inbox:row.unread', { count: unread })}</span>
            </span>
          )}
        </span>
        <Marks row={row} />
      </span>
    </Link>
  )
}

function Preview({ row }: { row: MyConversation }) {
  const { t } = useTranslation('inbox')
  const typist = useTypists(row.id).find((each) => each.kind === 'customer')
  if (typist) return <span className={classes.typing}>{t('typing.row')}</span>
  const mark =
    row.preview_kind === 'agent' ? (
      <IconArrowBackUp size={14} aria-label={t('row.replied')} />
    ) : row.preview_kind === 'note' ? (
      <IconNote size={14} aria-label={t('message.note')} />
    ) : row.preview_kind === 'assistant' && row.handler !== 'assistant' ? (
      <AssistantMark size={15} />
    ) : null
  return (
    <span className={classes.preview} data-kind={row.preview_kind}>
      {mark}
      <bdi>{row.preview || row.subject || t('row.noText')}</bdi>
    </span>
  )
}

const warningAfterMs = 60 * 60_000
const dangerAfterMs = 4 * 60 * 60_000

/** How long the customer waits, where they wait; else when something last happened. */
function Timer({ row }: { row: MyConversation }) {
  const { t } = useTranslation('inbox')
  const now = useNow()
  const format = useFormat()
  if (!row.waiting_since) {
    return (
      <span className={classes.time}>
        <TimeAgo at={row.last_activity_at} />
      </span>
    )
  }
  const waited = now - Date.parse(row.waiting_since)
  const level = waited > dangerAfterMs ? 'danger' : waited > warningAfterMs ? 'warning' : 'normal'
  return (
    <Tooltip label={t('row.waitingSince', { time: format.exact(row.waiting_since) })}>
      <span className={classes.waiting} data-level={level}>
        <IconClock size={13} aria-hidden />
        <span className="visually-hidden">{t('row.waiting')}</span>
        <span className="tabular">{format.waiting(row.waiting_since, now)}</span>
      </span>
    </Tooltip>
  )
}

function Marks({ row }: { row: MyConversation }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const members = useMembersById()
  const tags = useTagsById()
  const assignee = row.assignee_id ? members.get(row.assignee_id) : undefined
  const shown = row.tag_ids.flatMap((id) => tags.get(id) ?? [])
  return (
    <span className={classes.marks}>
      {(row.priority === 'high' || row.priority === 'urgent') && (
        <span className={classes.priority} data-priority={row.priority}>
          <IconFlag3Filled size={12} aria-hidden />
          {t(`priority.${row.priority}`)}
        </span>
      )}
      {row.status === 'pending' && <span className={classes.chip}>{t('status.pending')}</span>}
      {row.status === 'snoozed' && row.snoozed_until && (
        <span className={classes.chip}>
          <IconMoonStars size={12} aria-hidden />
          {format.date(row.snoozed_until)}
        </span>
      )}
      {row.handler === 'assistant' && (
        <span className={classes.assistant}>
          <AssistantMark size={15} />
          {t('row.assistant')}
        </span>
      )}
      {shown.slice(0, 2).map((tag) => (
        <span key={tag.id} className={classes.chip}>
          <TagDot colour={tag.colour} />
          {tag.name}
        </span>
      ))}
      {shown.length > 2 && <span className={classes.chip}>+{shown.length - 2}</span>}
      <span className={classes.grow} />
      {assignee && (
        <Tooltip label={t('row.assignee', { name: assignee.name })}>
          <span className={classes.assignee}>
            <Person name={assignee.name} size={18} />
            <span className="visually-hidden">{t('row.assignee', { name: assignee.name })}</span>
          </span>
        </Tooltip>
      )}
    </span>
  )
}
