import type { Member, MyConversation, Tag } from '@rapport/client'
import { IconArrowBackUp, IconClock, IconFlag3Filled, IconMoonStars, IconNote } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { type KeyboardEvent, type MouseEvent, memo } from 'react'
import { AssistantMark, Person } from '../../../components/person'
import { Tooltip } from '../../../components/tooltip'
import { personName } from '../../../lib/person-name'
import type { useFormat } from '../../../lib/use-format'
import { useNow } from '../../../lib/use-now'
import { useTypists } from '../model/presence'
import classes from './list.module.css'
import { TagDot } from './tag-dot'

/** What all rows of a list share; made once, so that a row costs little and is drawn again only when it changes. */
export interface Shared {
  t: TFunction<['inbox', 'common']>
  format: ReturnType<typeof useFormat>
  members: Map<string, Member>
  tags: Map<string, Tag>
  hrefOf: (id: string) => string
  open: (id: string) => void
  /** Move the focus by so many rows. */
  move: (by: number) => void
}

interface Props {
  row: MyConversation
  isTabStop: boolean
  isOpen: boolean
  shared: Shared
}

/** One conversation in the list: who, what last, how long they wait, who has it. */
export const ConversationRow = memo(function ConversationRow({ row, isTabStop, isOpen, shared }: Props) {
  const { t, hrefOf, open, move } = shared
  const unread = Math.max(0, row.last_seq - row.seen_seq)
  const name = personName(row.customer) || t('common:visitor')
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (!by) return
    event.preventDefault()
    move(by)
  }
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    open(row.id)
  }
  return (
    <a
      id={`row-${row.id}`}
      href={hrefOf(row.id)}
      onClick={onClick}
      className={classes.row}
      data-status={isOpen ? 'active' : undefined}
      aria-current={isOpen ? 'page' : undefined}
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
          <Timer row={row} shared={shared} />
        </span>
        <span className={classes.line}>
          <Preview row={row} t={t} />
          {unread > 0 && (
            <span className={classes.unread}>
              <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
              <span className="visually-hidden">{t('inbox:row.unread', { count: unread })}</span>
            </span>
          )}
        </span>
        <Marks row={row} shared={shared} />
      </span>
    </a>
  )
})

function Preview({ row, t }: { row: MyConversation; t: Shared['t'] }) {
  const typist = useTypists(row.id).find((each) => each.kind === 'customer')
  if (typist) return <span className={classes.typing}>{t('inbox:typing.row')}</span>
  const mark =
    row.preview_kind === 'agent' ? (
      <IconArrowBackUp size={14} aria-label={t('inbox:row.replied')} />
    ) : row.preview_kind === 'note' ? (
      <IconNote size={14} aria-label={t('inbox:message.note')} />
    ) : row.preview_kind === 'assistant' && row.handler !== 'assistant' ? (
      <AssistantMark size={15} />
    ) : null
  return (
    <span className={classes.preview} data-kind={row.preview_kind}>
      {mark}
      <bdi>{row.preview || row.subject || t('inbox:row.noText')}</bdi>
    </span>
  )
}

const warningAfterMs = 60 * 60_000
const dangerAfterMs = 4 * 60 * 60_000

/** How long the customer waits, where they wait; else when something last happened. */
function Timer({ row, shared: { t, format } }: { row: MyConversation; shared: Shared }) {
  const now = useNow()
  if (!row.waiting_since) {
    return (
      <span className={classes.time}>
        <Tooltip label={format.exact(row.last_activity_at)}>
          <time dateTime={row.last_activity_at} className="tabular">
            {format.relative(row.last_activity_at, Math.max(now, Date.parse(row.last_activity_at)))}
          </time>
        </Tooltip>
      </span>
    )
  }
  const waited = now - Date.parse(row.waiting_since)
  const level = waited > dangerAfterMs ? 'danger' : waited > warningAfterMs ? 'warning' : 'normal'
  return (
    <Tooltip label={t('inbox:row.waitingSince', { time: format.exact(row.waiting_since) })}>
      <span className={classes.waiting} data-level={level}>
        <IconClock size={13} aria-hidden />
        <span className="visually-hidden">{t('inbox:row.waiting')}</span>
        <span className="tabular">{format.waiting(row.waiting_since, now)}</span>
      </span>
    </Tooltip>
  )
}

function Marks({ row, shared: { t, format, members, tags } }: { row: MyConversation; shared: Shared }) {
  const assignee = row.assignee_id ? members.get(row.assignee_id) : undefined
  const shown = row.tag_ids.flatMap((id) => tags.get(id) ?? [])
  return (
    <span className={classes.marks}>
      {(row.priority === 'high' || row.priority === 'urgent') && (
        <span className={classes.priority} data-priority={row.priority}>
          <IconFlag3Filled size={12} aria-hidden />
          {t(`inbox:priority.${row.priority}`)}
        </span>
      )}
      {row.status === 'pending' && <span className={classes.chip}>{t('inbox:status.pending')}</span>}
      {row.status === 'snoozed' && row.snoozed_until && (
        <span className={classes.chip}>
          <IconMoonStars size={12} aria-hidden />
          {format.date(row.snoozed_until)}
        </span>
      )}
      {row.handler === 'assistant' && (
        <span className={classes.assistant}>
          <AssistantMark size={15} />
          {t('inbox:row.assistant')}
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
        <Tooltip label={t('inbox:row.assignee', { name: assignee.name })}>
          <span className={classes.assignee}>
            <Person name={assignee.name} size={18} />
            <span className="visually-hidden">{t('inbox:row.assignee', { name: assignee.name })}</span>
          </span>
        </Tooltip>
      )}
    </span>
  )
}
