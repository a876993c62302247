import { Button, NativeSelect } from '@mantine/core'
import type { Website, WebsitePage } from '@rapport/client'
import { IconBan, IconEye } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useCan } from '../../../queries/me'
import { changeWebsite, isUnderWay, type PageState, pagesQuery } from '../../../queries/sources'
import { ReadDialog } from './read-dialog'
import { Reason } from './reason'
import classes from './sources.module.css'
import { PageMark } from './state-mark'
import { useWebsiteAct } from './use-website-act'
import { patternFor } from './website-draft'

const states: PageState[] = ['indexed', 'failed', 'skipped', 'gone', 'waiting', 'read']

/** Every address of a website in the order in which it was found, and what came of each. */
export function PagesCard({ website }: { website: Website }) {
  const { t } = useTranslation('sources')
  const [state, setState] = useState<PageState | undefined>()
  const [isReading, setReading] = useState<string | null>(null)
  const query = useInfiniteQuery(pagesQuery(website.id, state))
  const pages = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={classes.card} aria-labelledby="pages">
      <div className={classes.cardTop}>
        <h2 id="pages">{t('pages.title')}</h2>
        <NativeSelect
          size="xs"
          aria-label={t('pages.filter')}
          value={state ?? ''}
          data={[
            { value: '', label: t('pages.all') },
            ...states.map((value) => ({ value, label: t(`pageState.${value}`) })),
          ]}
          onChange={(event) => setState((event.currentTarget.value || undefined) as PageState | undefined)}
        />
      </div>
      {query.isPending && <RowSkeletons rows={4} height={48} />}
      {query.isError && pages.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && pages.length === 0 && (
        <p className={classes.quiet}>{t(state ? 'pages.noneOf' : 'pages.none')}</p>
      )}
      <ul className={classes.lines} aria-labelledby="pages">
        {pages.map((page) => (
          <Line key={page.id} website={website} page={page} onRead={() => setReading(page.url)} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {isReading && <ReadDialog websiteId={website.id} url={isReading} onClose={() => setReading(null)} />}
    </section>
  )
}

interface LineProps {
  website: Website
  page: WebsitePage
  onRead: () => void
}

function Line({ website, page, onRead }: LineProps) {
  const { t } = useTranslation('sources')
  const mayWrite = useCan('knowledge.write')
  return (
    <li className={classes.line}>
      <span className={classes.lineText}>
        <a href={page.url} target="_blank" rel="noreferrer" className={classes.link} dir="ltr">
          {page.url}
        </a>
        <Reason reason={page.reason} detail={page.detail} />
        <span className={classes.note}>
          {page.is_sitemap && t('pages.sitemap')}
          {!page.is_sitemap && (page.depth === 0 ? t('pages.first') : t('pages.depth', { count: page.depth }))}
          {page.attempts > 0 && ` · ${t('pages.attempts', { count: page.attempts })}`}
          {page.visited_at && (
            <>
              {' · '}
              <TimeAgo at={page.visited_at} />
            </>
          )}
        </span>
      </span>
      <span className={classes.marks}>
        <PageMark state={page.state} />
      </span>
      {mayWrite && !page.is_sitemap && (
        <span className={classes.lineActs}>
          <IconButton label={t('pages.read', { url: page.url })} onClick={onRead}>
            <IconEye size={18} stroke={1.6} />
          </IconButton>
          <LeaveOut website={website} url={page.url} />
        </span>
      )}
    </li>
  )
}

/** Leave a page out from the next crawl on; nothing where a pattern says so already, or cannot. */
function LeaveOut({ website, url }: { website: Website; url: string }) {
  const { t } = useTranslation('sources')
  const pattern = patternFor(url)
  const { exclude } = website
  const isOut = pattern !== null && exclude.includes(pattern)
  const change = useWebsiteAct((wanted: string[]) => changeWebsite(website.id, { exclude: wanted }))
  if (pattern === null) return null
  const wanted = isOut ? exclude.filter((each) => each !== pattern) : [...exclude, pattern]
  return (
    <IconButton
      label={t(isOut ? 'pages.letIn' : 'pages.leaveOut', { url })}
      aria-pressed={isOut}
      variant={isOut ? 'light' : 'subtle'}
      disabled={isUnderWay(website)}
      loading={change.isPending}
      onClick={() => change.mutate(wanted)}
    >
      <IconBan size={18} stroke={1.6} />
    </IconButton>
  )
}
