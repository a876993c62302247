import { CloseButton, Loader, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { SearchHit } from '@rapport/client'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/person'
import { Empty, Failed, RowSkeletons } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { personName } from '../../lib/person-name'
import { searchQuery } from '../../queries/conversations'
import classes from './search.module.css'

const route = getRouteApi('/work/search')
const rowHeight = 76

/** Conversations by their words, their customer's name or their number. */
export function SearchPage(): ReactNode {
  const { t } = useTranslation(['inbox', 'common'])
  const navigate = useNavigate()
  const { q = '' } = route.useSearch()
  const [text, setText] = useState(q)
  const [wanted] = useDebouncedValue(text.trim(), 200)
  const query = useInfiniteQuery(searchQuery(wanted))
  const hits = query.data?.pages.flatMap((page) => page.items) ?? []

  useEffect(() => {
    void navigate({ to: '/search', search: wanted ? { q: wanted } : {}, replace: true })
  }, [wanted, navigate])

  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <h1 className="visually-hidden">{t('inbox:search.title')}</h1>
        <TextInput
          className={classes.field}
          size="md"
          value={text}
          autoFocus
          aria-label={t('inbox:search.title')}
          placeholder={t('inbox:search.placeholder')}
          leftSection={query.isFetching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
          rightSection={text && <CloseButton aria-label={t('inbox:search.clear')} onClick={() => setText('')} />}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </header>
      {wanted.length < 2 ? (
        <Empty icon={IconSearch} title={t('inbox:search.start')} text={t('inbox:search.startText')} />
      ) : query.isPending ? (
        <RowSkeletons height={rowHeight} />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : hits.length === 0 ? (
        <Empty icon={IconSearch} title={t('inbox:search.none', { q: wanted })} text={t('inbox:search.noneText')} />
      ) : (
        <Hits
          hits={hits}
          hasMore={query.hasNextPage && !query.isFetchingNextPage}
          fetchMore={() => void query.fetchNextPage()}
        />
      )}
    </div>
  )
}

function Hits({ hits, hasMore, fetchMore }: { hits: SearchHit[]; hasMore: boolean; fetchMore: () => void }) {
  const { t } = useTranslation('inbox')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: hits.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= hits.length - 8) fetchMore()
  }, [hasMore, last, hits.length, fetchMore])
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul className={classes.hits} style={{ height: virtual.getTotalSize() }} aria-label={t('search.results')}>
        {items.map((item) => {
          const hit = hits[item.index]
          return (
            hit && (
              <li
                key={hit.conversation.id}
                className={classes.slot}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Hit hit={hit} />
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}

function Hit({ hit: { conversation, snippet } }: { hit: SearchHit }) {
  const { t } = useTranslation(['inbox', 'common'])
  const name = personName(conversation.customer) || t('common:visitor')
  return (
    <Link
      to="/inbox/$view/$conversationId"
      params={{ view: 'all', conversationId: conversation.id }}
      preload={false}
      className={classes.hit}
    >
      <Person name={name} size={32} />
      <span className={classes.body}>
        <span className={classes.line}>
          <bdi className={classes.name}>{name}</bdi>
          <span className={classes.faint}>#{conversation.number}</span>
          <span className={classes.faint}>{t(`inbox:status.${conversation.status}`)}</span>
          <span className={classes.time}>
            <TimeAgo at={conversation.last_activity_at} />
          </span>
        </span>
        <Snippet text={snippet} />
      </span>
    </Link>
  )
}

/** The server marks what was found with `<mark>`; everything else is text. */
function Snippet({ text }: { text: string }) {
  let offset = 0
  const parts = text.split(/(<mark>.*?<\/mark>)/).map((part) => {
    const at = offset
    offset += part.length
    return { at, part }
  })
  return (
    <bdi className={classes.snippet}>
      {parts.map(({ at, part }) =>
        part.startsWith('<mark>') ? <mark key={at}>{part.slice(6, -7)}</mark> : <span key={at}>{part}</span>,
      )}
    </bdi>
  )
}
