import type { Member, MyConversation, Tag } from '@rapport/client'
import { IconArrowUp, IconInbox } from '@tabler/icons-react'
import { type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { useShortcuts } from '../../../lib/keys'
import { loadTheRest } from '../../../lib/late'
import { useFormat } from '../../../lib/use-format'
import { listQuery } from '../../../queries/conversations'
import { byId, membersQuery, tagsQuery } from '../../../queries/people'
import { hold } from '../model/hold'
import { toFilter } from '../model/search'
import { ConversationRow, type Shared } from './conversation-row'
import classes from './list.module.css'
import { ViewBar } from './view-bar'

const route = getRouteApi('/work/inbox/$view')
const rowHeight = 84

/** The list of a view: virtual, live, and still under the pointer. */
export function ConversationList() {
  const { t } = useTranslation(['inbox', 'common'])
  const { view } = route.useParams()
  const search = route.useSearch()
  const filter = toFilter(view, search)
  const query = useInfiniteQuery(listQuery(filter))
  const live = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  const pane = useRef<HTMLElement>(null)
  const { rows, waiting, release } = useHeld(live, JSON.stringify(filter), pane)

  return (
    <section ref={pane} className={classes.list} aria-label={t(`inbox:views.${view}`)}>
      <ViewBar />
      <News count={waiting} onRelease={release} />
      <Body query={query} rows={rows} />
    </section>
  )
}

/** What waits above the list; said politely to those who cannot see it. */
function News({ count, onRelease }: { count: number; onRelease: () => void }) {
  const { t } = useTranslation('inbox')
  const text = count > 0 ? t('list.new', { count }) : ''
  return (
    <>
      {text && (
        <button type="button" className={classes.news} onClick={onRelease}>
          <IconArrowUp size={14} aria-hidden />
          {text}
        </button>
      )}
      <span className="visually-hidden" role="status">
        {text}
      </span>
    </>
  )
}

interface BodyProps {
  query: UseInfiniteQueryResult
  rows: MyConversation[]
}

/** Loading, failed, empty or the rows themselves. */
function Body({ query, rows }: BodyProps) {
  const { t } = useTranslation('inbox')
  const { view } = route.useParams()
  const search = route.useSearch()
  useEffect(() => {
    if (query.isPending) return
    const frame = requestAnimationFrame(() => setTimeout(loadTheRest))
    return () => cancelAnimationFrame(frame)
  }, [query.isPending])
  if (query.isPending) return <RowSkeletons height={rowHeight} />
  if (query.isError && rows.length === 0) return <Failed error={query.error} retry={() => void query.refetch()} />
  if (rows.length > 0) {
    return (
      <Rows
        rows={rows}
        hasMore={query.hasNextPage}
        isFetching={query.isFetchingNextPage}
        fetchMore={() => void query.fetchNextPage()}
      />
    )
  }
  const isFiltered = Boolean(search.inbox || search.tag || search.assignee)
  return (
    <Empty
      icon={IconInbox}
      title={t(isFiltered ? 'list.noneFiltered' : `list.none.${view}`)}
      text={t(isFiltered ? 'list.noneFilteredText' : `list.noneText.${view}`)}
    />
  )
}

/** Whether nobody points at, reads down or moves through the list, so that it may move by itself. */
const isLeftAlone = (pane: HTMLElement | null): boolean =>
  pane !== null &&
  !pane.matches(':hover') &&
  !pane.contains(document.activeElement) &&
  (pane.querySelector('[data-scroller]')?.scrollTop ?? 0) < 8

/** The rows in the order people have before them, until they ask for the news. */
function useHeld(live: MyConversation[], filter: string, pane: RefObject<HTMLElement | null>) {
  const { conversationId } = useParams({ strict: false })
  const [order, setOrder] = useState<{ filter: string; ids: string[] } | null>(null)
  const last = useRef<MyConversation | undefined>(undefined)
  const isCurrent = order?.filter === filter && order.ids.length > 0
  const found = live.find((row) => row.id === conversationId)
  if (found) last.current = found
  const reading = last.current?.id === conversationId ? last.current : undefined
  const held = isCurrent && !isLeftAlone(pane.current) ? hold(order.ids, live, reading) : null
  const rows = held?.rows ?? live
  const ids = rows.map((row) => row.id).join()

  useEffect(() => {
    setOrder({ filter, ids: ids ? ids.split(',') : [] })
  }, [filter, ids])

  return {
    rows,
    waiting: held?.waiting ?? 0,
    release: () => setOrder({ filter, ids: live.map((row) => row.id) }),
  }
}

interface RowsProps {
  rows: MyConversation[]
  hasMore: boolean
  isFetching: boolean
  fetchMore: () => void
}

function Rows({ rows, hasMore, isFetching, fetchMore }: RowsProps) {
  const { t } = useTranslation(['inbox', 'common'])
  const scroller = useRef<HTMLDivElement>(null)
  const { view } = route.useParams()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !isFetching && lastIndex >= rows.length - 8) fetchMore()
  }, [hasMore, isFetching, lastIndex, rows.length, fetchMore])

  const { current, move, open } = useRoving(rows, (index) => virtual.scrollToIndex(index))
  const shared = useShared(open, move)
  const { conversationId } = useParams({ strict: false })
  return (
    <div ref={scroller} className={classes.scroller} data-scroller>
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label={t(`inbox:views.${view}`)}>
        {items.map((item) => {
          const row = rows[item.index]
          return (
            row && (
              <li key={item.key} className={classes.slot} style={{ transform: `translateY(${item.start}px)` }}>
                <ConversationRow
                  row={row}
                  isTabStop={item.index === current}
                  isOpen={row.id === conversationId}
                  shared={shared}
                />
              </li>
            )
          )
        })}
      </ul>
      {isFetching && <RowSkeletons rows={2} height={rowHeight} />}
    </div>
  )
}

/** What the rows share; the same object until a name, a tag, the language or the address changes. */
function useShared(open: (id: string) => void, move: (by: number) => void): Shared {
  const { t } = useTranslation(['inbox', 'common'])
  const format = useFormat()
  const members = useQuery({ ...membersQuery, select: byId<Member> }).data ?? nobody
  const tags = useQuery({ ...tagsQuery, select: byId<Tag> }).data ?? none
  const router = useRouter()
  const { view } = route.useParams()
  const search = route.useSearch()
  const latest = useRef({ open, move })
  latest.current = { open, move }
  const last = router.buildLocation({
    to: '/inbox/$view/$conversationId',
    params: { view, conversationId: anyId },
    search: { ...search, panel: undefined },
  }).href
  return useMemo(
    () => ({
      t,
      format,
      members,
      tags,
      hrefOf: (id) => last.replace(anyId, id),
      open: (id) => latest.current.open(id),
      move: (by) => latest.current.move(by),
    }),
    [t, format, members, tags, last],
  )
}

const anyId = 'conversation'
const nobody = new Map<string, Member>()
const none = new Map<string, Tag>()

/** One tab stop in the list; `j` and `k` move the reading on, arrows move the focus. */
function useRoving(rows: MyConversation[], show: (index: number) => void) {
  const { t } = useTranslation('inbox')
  const navigate = useNavigate()
  const { view } = route.useParams()
  const { conversationId } = useParams({ strict: false })
  const open = rows.findIndex((row) => row.id === conversationId)
  const [focused, setFocused] = useState(0)
  const current = open >= 0 ? open : Math.min(focused, rows.length - 1)

  const focusRow = (index: number) => {
    const row = rows[index]
    if (!row) return
    setFocused(index)
    show(index)
    requestAnimationFrame(() => document.getElementById(`row-${row.id}`)?.focus({ preventScroll: true }))
  }
  const step = (by: number) => {
    const focusedRow = rows.findIndex((row) => `row-${row.id}` === document.activeElement?.id)
    const from = focusedRow >= 0 ? focusedRow : open >= 0 ? open : by > 0 ? -1 : 0
    const next = Math.min(rows.length - 1, Math.max(0, from + by))
    focusRow(next)
    const row = rows[next]
    if (row && open >= 0) {
      void navigate({
        to: '/inbox/$view/$conversationId',
        params: { view, conversationId: row.id },
        search: (previous) => previous,
        replace: true,
      })
    }
  }
  const openOne = (id: string) =>
    void navigate({
      to: '/inbox/$view/$conversationId',
      params: { view, conversationId: id },
      search: (previous) => ({ ...previous, panel: undefined }),
    })
  const openFocused = () => {
    const row = rows[current]
    if (row) openOne(row.id)
  }
  const group = t('keys.list')
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group, run: () => step(1) },
    { keys: 'k', label: t('keys.previous'), group, run: () => step(-1) },
    { keys: 'Enter', label: t('keys.open'), group, run: openFocused },
  ])
  return { current, move: (by: number) => focusRow(current + by), open: openOne }
}
