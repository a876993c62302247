import { Button } from '@mantine/core'
import type { Website } from '@rapport/client'
import { IconWorldWww } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../../components/progress'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { isUnderWay, websitesQuery } from '../../../queries/sources'
import classes from './sources.module.css'
import { AudienceMark, SiteMark } from './state-mark'

/** The websites that are read, the latest first. */
export function WebsiteList() {
  const { t } = useTranslation('sources')
  const query = useInfiniteQuery(websitesQuery)
  const websites = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section aria-labelledby="websites">
      <h2 id="websites" className={classes.heading}>
        {t('websites')}
      </h2>
      {query.isPending && <RowSkeletons rows={2} height={72} />}
      {query.isError && websites.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && websites.length === 0 && <p className={classes.quiet}>{t('websitesNone')}</p>}
      {websites.length > 0 && (
        <ul className={classes.rows} aria-labelledby="websites">
          {websites.map((website) => (
            <li key={website.id}>
              <Row website={website} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </section>
  )
}

function Row({ website }: { website: Website }) {
  const { t } = useTranslation('sources')
  return (
    <Link to="/knowledge/sources/$sourceId" params={{ sourceId: website.id }} className={classes.row}>
      <IconWorldWww size={20} stroke={1.6} aria-hidden className={classes.rowIcon} />
      <span className={classes.rowText}>
        <bdi className={classes.name}>{website.name}</bdi>
        <bdi className={classes.note} dir="ltr">
          {website.start_url}
        </bdi>
        <span className={classes.note}>
          <Outcome website={website} />
        </span>
        {website.state === 'failed' && website.error && (
          <span className={classes.fault} dir="auto">
            {website.error}
          </span>
        )}
        {isUnderWay(website) && (
          <Advance label={t('crawl.progressOf', { name: website.name })} done={website.done} total={website.found} />
        )}
      </span>
      <span className={classes.marks}>
        <SiteMark state={website.state} />
        <AudienceMark audience={website.audience} />
      </span>
    </Link>
  )
}

/** How many pages were visited, what failed, and when. */
function Outcome({ website }: { website: Website }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  if (website.state === 'new') return t('crawl.never')
  const { done, found, failed, finished_at: at } = website
  if (isUnderWay(website)) return t('crawl.progress', { done: format.number(done), found: format.number(found) })
  return (
    <>
      {t('crawl.visited', { count: done })}
      {failed > 0 && ` · ${t('crawl.failed', { count: failed })}`}
      {at && (
        <>
          {' · '}
          <TimeAgo at={at} />
        </>
      )}
    </>
  )
}
