import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import '@mantine/spotlight/styles.layer.css'
import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight } from '@mantine/spotlight'
import { IconArrowRight, IconBook2, IconMessage, IconSearch, IconUser } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Keys } from '../components/key-hint'
import { personName } from '../lib/person-name'
import { useStore } from '../lib/store'
import { searchQuery } from '../queries/conversations'
import { customersQuery } from '../queries/customers'
import { knowledgeSearchQuery } from '../queries/knowledge'
import { type Command, commands } from './commands'
import { usePlaces } from './rail'

const [paletteStore, palette] = createSpotlight()

const perKind = 5

const asAction = ({ id, label, keys, icon: Icon, run }: Command) => ({
  id,
  label,
  leftSection: Icon ? <Icon size={18} stroke={1.6} /> : <IconArrowRight size={18} stroke={1.6} />,
  rightSection: keys ? <Keys keys={keys} /> : undefined,
  onClick: run,
})

/** Anything by name: places, actions, conversations, customers, articles. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const own = useOwnCommands()
  const found = useFound(query)
  useEffect(() => palette.open(), [])

  return (
    <Spotlight
      store={paletteStore}
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      actions={[...own, ...found]}
      filter={(wanted) => [...matching(own, wanted), ...found]}
      attributes={{ content: { 'aria-label': t('shell.palette') } }}
      nothingFound={t('state.noMatch')}
      scrollable
      maxHeight={440}
      overlayProps={{ blur: 0, color: 'var(--rp-backdrop)', backgroundOpacity: 1 }}
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  )
}

function matching(groups: SpotlightActionGroupData[], query: string): SpotlightActionGroupData[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return groups
    .map(({ group, actions }) => ({
      group,
      actions: actions.filter((action) => words.every((word) => action.label?.toLocaleLowerCase().includes(word))),
    }))
    .filter(({ actions }) => actions.length > 0)
}

function useOwnCommands(): SpotlightActionGroupData[] {
  const { t } = useTranslation()
  const router = useRouter()
  const places = usePlaces()
  const offered = useStore(commands).flatMap((each) => each.current)
  const groups = new Map<string, Command[]>()
  for (const command of offered) groups.set(command.group, [...(groups.get(command.group) ?? []), command])
  return [
    ...[...groups].map(([group, members]) => ({ group, actions: members.map(asAction) })),
    {
      group: t('palette.goTo'),
      actions: places.map((item) =>
        asAction({
          id: item.to,
          label: t(`nav.${item.label}`),
          group: '',
          icon: item.icon,
          keys: item.keys,
          run: () => router.history.push(item.to),
        }),
      ),
    },
  ]
}

function useFound(query: string): SpotlightActionGroupData[] {
  const { t } = useTranslation()
  const router = useRouter()
  const [wanted] = useDebouncedValue(query.trim(), 150)
  const conversations = useInfiniteQuery(searchQuery(wanted)).data?.pages[0]?.items
  const customers = useInfiniteQuery({ ...customersQuery(wanted), enabled: wanted.length > 1 }).data?.pages[0]?.items
  const articles = useQuery(knowledgeSearchQuery(wanted)).data?.results
  return useMemo(() => {
    if (wanted.length < 2) return []
    const open = (path: string) => () => router.history.push(path)
    const groups: SpotlightActionGroupData[] = [
      {
        group: t('palette.conversations'),
        actions: (conversations ?? []).slice(0, perKind).map(({ conversation, snippet }) => ({
          id: conversation.id,
          label: `#${conversation.number} ${personName(conversation.customer) || t('visitor')}`,
          description: conversation.subject ?? snippet.replace(/<[^>]*>/g, ''),
          leftSection: <IconMessage size={18} stroke={1.6} />,
          onClick: open(`/inbox/all/${conversation.id}`),
        })),
      },
      {
        group: t('palette.customers'),
        actions: (customers ?? []).slice(0, perKind).map((customer) => ({
          id: customer.id,
          label: personName(customer) || t('visitor'),
          description: customer.email ?? customer.company ?? undefined,
          leftSection: <IconUser size={18} stroke={1.6} />,
          onClick: open(`/customers/${customer.id}`),
        })),
      },
      {
        group: t('palette.articles'),
        actions: (articles ?? [])
          .filter(({ kind }) => kind === 'article')
          .slice(0, perKind)
          .map((article) => ({
            id: article.article_id,
            label: article.title,
            leftSection: <IconBook2 size={18} stroke={1.6} />,
            onClick: open(`/knowledge/${article.article_id}`),
          })),
      },
    ]
    return groups.filter(({ actions }) => actions.length > 0)
  }, [wanted, conversations, customers, articles, router, t])
}
