import { Button, Checkbox } from '@mantine/core'
import type { Id, RecurringIssue, RecurringMember } from '@rapport/client'
import { IconArrowsSplit, IconCircleMinus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/icon-button'
import { Failed, RowSkeletons } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { personName } from '../../lib/person-name'
import { useAct } from '../../lib/use-act'
import { keys } from '../../queries/keys'
import { useCan } from '../../queries/me'
import { membersQuery, takeOut } from '../../queries/recurring'
import { SplitDialog } from './dialogs'
import classes from './recurring.module.css'

/** The conversations of an issue; those that are about something else are split off or taken out. */
export function Members({ issue }: { issue: RecurringIssue }) {
  const { t } = useTranslation('recurring')
  const query = useInfiniteQuery(membersQuery(issue.id))
  const mayDecide = useCan('conversations.tag')
  const [marked, setMarked] = useState<Id[]>([])
  const [isSplitting, setSplitting] = useState(false)
  const remove = useAct((id: Id) => takeOut(issue.id, id), [keys.recurring.all], t('members.removed'))
  const members = query.data?.pages.flatMap((page) => page.items) ?? []
  const chosen = marked.filter((id) => members.some(({ conversation }) => conversation.id === id))
  const mark = (id: Id, isMarked: boolean) =>
    setMarked(isMarked ? [...chosen, id] : chosen.filter((each) => each !== id))
  const isAll = chosen.length >= issue.conversation_count
  return (
    <section className={classes.card} aria-labelledby="members-title">
      <div className={classes.cardTop}>
        <h2 id="members-title">{t('members.title')}</h2>
        {chosen.length > 0 && (
          <Button
            size="compact-sm"
            leftSection={<IconArrowsSplit size={16} aria-hidden />}
            disabled={isAll}
            onClick={() => setSplitting(true)}
          >
            {t('split.open', { count: chosen.length })}
          </Button>
        )}
      </div>
      {isAll && chosen.length > 0 && <p className={classes.quiet}>{t('split.all')}</p>}
      {query.isPending && <RowSkeletons rows={4} height={48} />}
      {query.isError && members.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && members.length === 0 && <p className={classes.quiet}>{t('members.none')}</p>}
      <ul className={classes.lines}>
        {members.map((member) => (
          <Row
            key={member.conversation.id}
            member={member}
            mayDecide={mayDecide}
            isMarked={chosen.includes(member.conversation.id)}
            onMark={mark}
            onRemove={remove.mutate}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {isSplitting && (
        <SplitDialog
          issue={issue}
          chosen={chosen}
          onClose={() => {
            setSplitting(false)
            setMarked([])
          }}
        />
      )}
    </section>
  )
}

interface RowProps {
  member: RecurringMember
  mayDecide: boolean
  isMarked: boolean
  onMark: (id: Id, isMarked: boolean) => void
  onRemove: (id: Id) => void
}

function Row({ member, mayDecide, isMarked, onMark, onRemove }: RowProps) {
  const { t } = useTranslation(['recurring', 'common'])
  const { conversation } = member
  const number = conversation.number
  return (
    <li className={classes.line}>
      {mayDecide && (
        <Checkbox
          checked={isMarked}
          aria-label={t('recurring:members.choose', { number })}
          onChange={(event) => onMark(conversation.id, event.currentTarget.checked)}
        />
      )}
      <span className={classes.rowText}>
        <Link to="/inbox/$view/$conversationId" params={{ view: 'all', conversationId: conversation.id }}>
          <bdi>
            #{number} {personName(conversation.customer) || t('common:visitor')}
          </bdi>
        </Link>
        <bdi>{conversation.subject || conversation.preview}</bdi>
        <span className={classes.note}>
          <TimeAgo at={member.asked_at} />
          {member.joined_by === 'person' && ` · ${t('recurring:members.byPerson')}`}
        </span>
      </span>
      {mayDecide && (
        <IconButton label={t('recurring:members.remove', { number })} onClick={() => onRemove(conversation.id)}>
          <IconCircleMinus size={18} />
        </IconButton>
      )}
    </li>
  )
}
