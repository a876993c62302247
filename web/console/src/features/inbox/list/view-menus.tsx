import { Menu } from '@mantine/core'
import { IconArrowsSort, IconCheck, IconFilter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { inboxesQuery, membersQuery, tagsQuery } from '../../../queries/people'
import type { ListSearch } from '../model/search'
import { TagDot } from './tag-dot'

const route = getRouteApi('/work/inbox/$view')

/** In which order the list is, and what of it is shown; `opened` is the menu that was asked for already. */
export const ViewMenus = ({ opened }: { opened: 'sort' | 'filter' | null }) => (
  <>
    <SortMenu defaultOpened={opened === 'sort'} />
    <FilterMenu defaultOpened={opened === 'filter'} />
  </>
)

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

function SortMenu({ defaultOpened }: { defaultOpened: boolean }) {
  const { t } = useTranslation('inbox')
  const { sort = 'recent' } = route.useSearch()
  const change = useSearchChange()
  return (
    <Menu position="bottom-end" defaultOpened={defaultOpened}>
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

function FilterMenu({ defaultOpened }: { defaultOpened: boolean }) {
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
    <Menu position="bottom-end" width={240} defaultOpened={defaultOpened}>
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
