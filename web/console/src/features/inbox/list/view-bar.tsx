import { Menu } from '@mantine/core'
import { IconArrowsSort, IconCheck, IconFilter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { countersQuery } from '../../../queries/conversations'
import { inboxesQuery, membersQuery, tagsQuery } from '../../../queries/people'
import { type ListSearch, views } from '../model/search'
import classes from './list.module.css'
import { TagDot } from './tag-dot'

const route = getRouteApi('/work/inbox/$view')

/** Which list is shown, how many are in the others, in which order, and what of it. */
export function ViewBar() {
  const { t } = useTranslation('inbox')
  const counters = useQuery(countersQuery).data
  const { view } = route.useParams()
  return (
    <header className={classes.bar}>
      <div className={classes.barTop}>
        <h1 className={classes.title}>{t(`views.${view}`)}</h1>
        <span className={classes.grow} />
        <SortMenu />
        <FilterMenu />
      </div>
      <nav className={classes.views} aria-label={t('views.label')}>
        {views.map((each) => (
          <Link
            key={each}
            to="/inbox/$view"
            params={{ view: each }}
            search={(previous) => ({ ...previous, panel: undefined })}
            className={classes.view}
            data-current={each === view}
            aria-current={each === view ? 'page' : undefined}
          >
            {t(`views.short.${each}`)}
            {counters && counters[each].count > 0 && each !== 'resolved' && each !== 'snoozed' && (
              <span className={classes.count}>
                {counters[each].count}
                {counters[each].capped && '+'}
              </span>
            )}
          </Link>
        ))}
      </nav>
    </header>
  )
}

function useSearchChange() {
  const navigate = useNavigate()
  const { view } = route.useParams()
  const { conversationId } = useParams({ strict: false })
  return (change: ListSearch) =>
    conversationId
      ? navigate({
          to: '/inbox/$view/$conversationId',
          params: { view, conversationId },
          search: (previous) => ({ ...previous, ...change }),
        })
      : navigate({ to: '/inbox/$view', params: { view }, search: (previous) => ({ ...previous, ...change }) })
}

function SortMenu() {
  const { t } = useTranslation('inbox')
  const { sort = 'recent' } = route.useSearch()
  const change = useSearchChange()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <IconButton label={t('sort.label')}>
          <IconArrowsSort size={18} stroke={1.6} />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown>
        {(['recent', 'waiting'] as const).map((each) => (
          <Menu.Item
            key={each}
            rightSection={sort === each && <IconCheck size={16} aria-hidden />}
            onClick={() => void change({ sort: each === 'recent' ? undefined : each })}
          >
            {t(`sort.${each}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function FilterMenu() {
  const { t } = useTranslation('inbox')
  const search = route.useSearch()
  const change = useSearchChange()
  const inboxes = useQuery(inboxesQuery).data ?? []
  const tags = useQuery(tagsQuery).data ?? []
  const members = useQuery(membersQuery).data ?? []
  const isOn = Boolean(search.inbox || search.tag || search.assignee)
  const item = (key: 'inbox' | 'tag' | 'assignee', id: string, label: string, mark?: React.ReactNode) => (
    <Menu.Item
      key={id}
      leftSection={mark}
      rightSection={search[key] === id && <IconCheck size={16} aria-hidden />}
      onClick={() => void change({ [key]: search[key] === id ? undefined : id })}
    >
      {label}
    </Menu.Item>
  )
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <IconButton label={t('filter.label')} variant={isOn ? 'light' : 'subtle'} color={isOn ? 'accent' : 'gray'}>
          <IconFilter size={18} stroke={1.6} />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown mah="70dvh" style={{ overflowY: 'auto' }}>
        {isOn && (
          <Menu.Item onClick={() => void change({ inbox: undefined, tag: undefined, assignee: undefined })}>
            {t('filter.clear')}
          </Menu.Item>
        )}
        <Menu.Label>{t('filter.inbox')}</Menu.Label>
        {inboxes.map((each) => item('inbox', each.id, each.name))}
        <Menu.Label>{t('filter.assignee')}</Menu.Label>
        {members.map((each) => item('assignee', each.id, each.name))}
        {tags.length > 0 && <Menu.Label>{t('filter.tag')}</Menu.Label>}
        {tags.map((each) => item('tag', each.id, each.name, <TagDot colour={each.colour} />))}
      </Menu.Dropdown>
    </Menu>
  )
}
