import { ActionIcon, Button, Skeleton } from '@mantine/core'
import type { Id, TimelineItem } from '@rapport/client'
import {
  IconActivity,
  IconEye,
  IconMessage,
  IconMessages,
  IconNote,
  IconPhone,
  IconTrash,
  IconUser,
} from '@tabler/icons-react'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ComponentType, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { useAct } from '../../lib/use-act'
import { removeEntry, type TimelineGroup, timelineGroups, timelineQuery } from '../../queries/customers'
import { keys } from '../../queries/keys'
import { type TimelineData, withoutEntry } from '../../queries/live-customer'
import classes from './customers.module.css'
import { EntryForm } from './entry-form'

const icons: Record<TimelineGroup, ComponentType<{ size?: number }>> = {
  conversations: IconMessages,
  messages: IconMessage,
  notes: IconNote,
  calls: IconPhone,
  pages: IconEye,
  events: IconActivity,
  people: IconUser,
}

/** Everything that happened with a customer, newest first and live; of all kinds, or those chosen. */
export function Timeline({ customerId, mayWrite }: { customerId: Id; mayWrite: boolean }) {
  const { t } = useTranslation(['customers', 'people'])
  const [groups, setGroups] = useState<TimelineGroup[]>([])
  const timeline = useInfiniteQuery(timelineQuery(customerId, groups))
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={classes.card}>
      <h2>{t('customers:timeline')}</h2>
      <Filter chosen={groups} onChange={setGroups} />
      {mayWrite && <EntryForm customerId={customerId} />}
      {timeline.isPending && <Skeleton height={120} />}
      {timeline.isError && items.length === 0 && (
        <Failed error={timeline.error} retry={() => void timeline.refetch()} />
      )}
      {timeline.isSuccess && items.length === 0 && (
        <p className={classes.quiet}>{t(groups.length > 0 ? 'people:timeline.noneOfThese' : 'customers:noTimeline')}</p>
      )}
      <ol className={classes.timeline}>
        {items.map((item) => (
          <li key={item.id} data-icon>
            <Entry customerId={customerId} item={item} />
          </li>
        ))}
      </ol>
      {timeline.hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t('customers:more')}
        </Button>
      )}
    </section>
  )
}

interface FilterProps {
  chosen: TimelineGroup[]
  onChange: (groups: TimelineGroup[]) => void
}

/** Toggles; none pressed means everything. */
function Filter({ chosen, onChange }: FilterProps) {
  const { t } = useTranslation('people')
  return (
    <fieldset className={classes.filter}>
      <legend className="visually-hidden">{t('timeline.filter')}</legend>
      {timelineGroups.map((group) => {
        const Icon = icons[group]
        const isChosen = chosen.includes(group)
        return (
          <button
            key={group}
            type="button"
            aria-pressed={isChosen}
            // In the order of the buttons, so that the same choice is the same query.
            onClick={() => onChange(timelineGroups.filter((each) => (each === group) !== chosen.includes(each)))}
          >
            <Icon size={14} aria-hidden />
            {t(`timeline.groups.${group}`)}
          </button>
        )
      })}
    </fieldset>
  )
}

const known = [
  'conversation_started',
  'conversation_resolved',
  'note',
  'call',
  'page',
  'screen',
  'identity_added',
  'merged',
  'unmerged',
  'consent',
  'imported',
  'identify',
  'group',
] as const

function Entry({ customerId, item }: { customerId: Id; item: TimelineItem }) {
  const { t } = useTranslation('people')
  const Icon = icons[item.group as TimelineGroup] ?? IconActivity
  const kind = known.find((each) => each === item.kind)
  const title = <bdi>{item.title || (kind ? t(`timeline.kinds.${kind}`) : item.kind)}</bdi>
  return (
    <>
      <span className={classes.entryIcon} aria-hidden>
        <Icon size={14} />
      </span>
      <span className={classes.entryTop}>
        {item.conversation_id ? (
          <Link to="/inbox/$view/$conversationId" params={{ view: 'all', conversationId: item.conversation_id }}>
            {title}
          </Link>
        ) : (
          title
        )}
        <span className={classes.note}>
          {item.actor?.name && <bdi>{item.actor.name} · </bdi>}
          <TimeAgo at={item.at} />
        </span>
      </span>
      {item.text && <bdi className={classes.entryText}>{item.text}</bdi>}
      {item.can_remove && <RemoveButton customerId={customerId} item={item} />}
    </>
  )
}

function RemoveButton({ customerId, item }: { customerId: Id; item: TimelineItem }) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const key = keys.customers.timeline(customerId)
  const remove = useAct(() => removeEntry(customerId, item.id), [])
  const forget = () =>
    queries.setQueriesData<TimelineData>({ queryKey: key }, (data) => data && withoutEntry(data, item.id))
  return (
    <ActionIcon
      className={classes.entryRemove}
      size="sm"
      variant="subtle"
      color="gray"
      aria-label={t('timeline.remove', { text: item.text.slice(0, 60) })}
      loading={remove.isPending}
      onClick={() => remove.mutate(undefined, { onSuccess: forget })}
    >
      <IconTrash size={14} />
    </ActionIcon>
  )
}
