import { Alert, Button } from '@mantine/core'
import type { WebsiteDetail } from '@rapport/client'
import { IconAlertTriangle, IconPlayerStop, IconRefresh, IconRotate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Advance } from '../../../components/progress'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { useCan } from '../../../queries/me'
import { cancelCrawl, isUnderWay, retryPages, startCrawl } from '../../../queries/sources'
import classes from './sources.module.css'
import { useWebsiteAct } from './use-website-act'

/** How the crawl goes, or how the last one went. */
export function CrawlCard({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation('sources')
  const mayWrite = useCan('knowledge.write')
  const isRunning = isUnderWay(website)
  return (
    <section className={classes.card} aria-labelledby="crawl">
      <div className={classes.cardTop}>
        <h2 id="crawl">{t(isRunning ? 'crawl.now' : 'crawl.last')}</h2>
        {mayWrite && (isRunning ? <Stop website={website} /> : <Again website={website} />)}
      </div>
      {isRunning ? <Progress website={website} /> : <Ended website={website} />}
      <Numbers website={website} />
    </section>
  )
}

function Progress({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  const { state, done, found } = website
  return (
    <div aria-live="polite" className={classes.progress}>
      <p className={classes.quiet}>
        {state === 'queued' && t('crawl.queued')}
        {state === 'stopping' && t('crawl.stopping')}
        {state === 'running' && t('crawl.progress', { done: format.number(done), found: format.number(found) })}
      </p>
      <Advance label={t('crawl.progressOf', { name: website.name })} done={done} total={found} />
    </div>
  )
}

function Ended({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  const { state, error, finished_at: at, next_at: next, every_hours: every } = website
  return (
    <>
      {state === 'failed' && (
        <Alert color="red" icon={<IconAlertTriangle size={20} aria-hidden />} title={t('crawl.brokeOff')} mb="sm">
          <span dir="auto">{error}</span>
        </Alert>
      )}
      {state === 'cancelled' && <p className={classes.quiet}>{t('crawl.cancelled')}</p>}
      <p className={classes.quiet}>
        {at && (
          <>
            {t('crawl.ended')} <TimeAgo at={at} />
            {'. '}
          </>
        )}
        {every !== null && next ? t('crawl.next', { at: format.exact(next) }) : t('crawl.noNext')}
      </p>
    </>
  )
}

function Numbers({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  return (
    <dl className={classes.numbers}>
      {(['indexed', 'done', 'changed', 'failed'] as const).map((name) => (
        <div key={name} data-bad={(name === 'failed' && website.failed > 0) || undefined}>
          <dt>{t(`number.${name}`)}</dt>
          <dd className="tabular">{format.number(website[name])}</dd>
        </div>
      ))}
    </dl>
  )
}

function Stop({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation('sources')
  const stop = useWebsiteAct(() => cancelCrawl(website.id))
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerStop size={16} aria-hidden />}
      loading={stop.isPending}
      disabled={website.state === 'stopping'}
      onClick={() => stop.mutate()}
    >
      {t('crawl.stop')}
    </Button>
  )
}

function Again({ website }: { website: WebsiteDetail }) {
  const { t } = useTranslation('sources')
  const start = useWebsiteAct(() => startCrawl(website.id))
  const retry = useWebsiteAct(() => retryPages(website.id))
  return (
    <div className={classes.ways}>
      {website.failed > 0 && (
        <Button
          variant="default"
          leftSection={<IconRotate size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {t('crawl.retry', { count: website.failed })}
        </Button>
      )}
      <Button
        variant="light"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={start.isPending}
        onClick={() => start.mutate()}
      >
        {t('crawl.again')}
      </Button>
    </div>
  )
}
