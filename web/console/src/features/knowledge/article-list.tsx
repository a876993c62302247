import { Button } from '@mantine/core'
import type { ArticleRow, KnowledgeResult } from '@rapport/client'
import { IconBook2, IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { useFormat } from '../../lib/use-format'
import { articlesQuery, knowledgeSearchQuery } from '../../queries/knowledge'
import classes from './knowledge.module.css'

const route = getRouteApi('/work/knowledge')
const rowHeight = 64

/** The articles of the chosen collection and status. */
export function ArticleList({ onWrite }: { onWrite: () => void }) {
  const { t } = useTranslation('knowledge')
  const { collection, status } = route.useSearch()
  const filter = { ...(collection ? { collection_id: collection } : {}), ...(status ? { status } : {}) }
  const query = useInfiniteQuery(articlesQuery(filter))
  const articles = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <RowSkeletons height={rowHeight} />
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />
  if (articles.length === 0) {
    const isFiltered = Boolean(collection || status)
    return (
      <Empty
        icon={IconBook2}
        title={t(isFiltered ? 'list.noneFiltered' : 'list.none')}
        text={t(isFiltered ? 'list.noneFilteredText' : 'list.noneText')}
        action={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onWrite}>
            {t('new')}
          </Button>
        }
      />
    )
  }
  return (
    <Rows
      articles={articles}
      hasMore={query.hasNextPage && !query.isFetchingNextPage}
      fetchMore={() => void query.fetchNextPage()}
    />
  )
}

interface RowsProps {
  articles: ArticleRow[]
  hasMore: boolean
  fetchMore: () => void
}

function Rows({ articles, hasMore, fetchMore }: RowsProps) {
  const { t } = useTranslation('knowledge')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: articles.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= articles.length - 8) fetchMore()
  }, [hasMore, last, articles.length, fetchMore])
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label={t('list.label')}>
        {items.map((item) => {
          const article = articles[item.index]
          return (
            article && (
              <li key={article.id} className={classes.slot} style={{ transform: `translateY(${item.start}px)` }}>
                <Link
                  to="/knowledge/$articleId"
                  params={{ articleId: article.id }}
                  search={(previous) => previous}
                  preload={false}
                  className={classes.row}
                >
                  <bdi className={classes.rowTitle}>{article.title}</bdi>
                  <span className={classes.rowMeta}>
                    <span className={classes.status} data-status={article.status}>
                      {t(`status.${article.status}`)}
                    </span>
                    <span>{article.locale}</span>
                    <TimeAgo at={article.updated_at} />
                  </span>
                </Link>
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}

/** What the search finds, as customers and the assistant would find it. */
export function FoundList({ q }: { q: string }) {
  const { t } = useTranslation('knowledge')
  const found = useQuery(knowledgeSearchQuery(q))
  if (found.isPending) return <RowSkeletons height={rowHeight} />
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />
  if (found.data.results.length === 0) {
    return <Empty icon={IconSearch} title={t('list.noHits', { q })} text={t('list.noHitsText')} />
  }
  return (
    <div className={classes.scroller}>
      <ul className={classes.found} aria-label={t('searchResults')}>
        {found.data.results.map((hit) => (
          <li key={hit.article_id}>
            <Hit hit={hit} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What was found: articles, files and snippets open here, a page of a website there, a conversation in the inbox. */
function Hit({ hit }: { hit: KnowledgeResult }) {
  const { t } = useTranslation('knowledge')
  const format = useFormat()
  const told = (
    <>
      <span className={classes.hitTop}>
        <bdi className={classes.rowTitle}>{hit.title}</bdi>
        <span className={classes.score}>{format.percent(Math.min(1, hit.score))}</span>
      </span>
      {hit.kind !== 'article' && <span className={classes.rowMeta}>{t(`kind.${hit.kind}`)}</span>}
      <bdi className={classes.snippet}>{hit.snippet.replace(/<[^>]*>/g, '')}</bdi>
    </>
  )
  if (hit.kind === 'article') {
    return (
      <Link
        to="/knowledge/$articleId"
        params={{ articleId: hit.article_id }}
        search={(previous) => previous}
        preload={false}
        className={classes.hit}
      >
        {told}
      </Link>
    )
  }
  if (hit.kind === 'page') {
    return (
      <a href={hit.url} target="_blank" rel="noreferrer" className={classes.hit}>
        {told}
      </a>
    )
  }
  if (hit.kind === 'solved') {
    return (
      <Link
        to="/inbox/$view/$conversationId"
        params={{ view: 'all', conversationId: hit.article_id }}
        preload={false}
        className={classes.hit}
      >
        {told}
      </Link>
    )
  }
  return (
    <Link
      to="/knowledge/documents/$documentId"
      params={{ documentId: hit.article_id }}
      preload={false}
      className={classes.hit}
    >
      {told}
    </Link>
  )
}
