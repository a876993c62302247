import { Skeleton } from '@mantine/core'
import type { PageTrial } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Prose } from '../../../components/prose'
import { Failed } from '../../../components/states'
import { previewMarkdown } from '../api'
import { Reason } from './reason'
import classes from './sources.module.css'
import { PageMark } from './state-mark'

/** What the assistant would read of a page, or why it reads nothing. */
export function PageText({ trial }: { trial: PageTrial }) {
  const { t } = useTranslation('sources')
  return (
    <div className={classes.trial}>
      <p className={classes.facts} role="status">
        <PageMark state={trial.state} isTrial />
        {trial.body !== '' && <span className={classes.note}>{t('trial.parts', { count: trial.parts })}</span>}
        <Reason reason={trial.reason} detail={trial.detail} />
      </p>
      {trial.body !== '' && (
        <Reading title={trial.title}>
          <Text body={trial.body} />
        </Reading>
      )}
      {trial.links.length > 0 && (
        <details className={classes.details}>
          <summary>{t('trial.links', { count: trial.links.length })}</summary>
          <ul className={classes.links} dir="ltr">
            {trial.links.map((link) => (
              <li key={link}>{link}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

/** A text in a frame of its own that scrolls. */
export function Reading({ title, children }: { title: string; children: React.ReactNode }) {
  const { t } = useTranslation('sources')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={classes.reading} tabIndex={0} aria-label={t('trial.read')}>
      <h3 dir="auto">{title}</h3>
      {children}
    </section>
  )
}

/** Markdown as the server shows it. */
export function Text({ body }: { body: string }) {
  const rendered = useQuery({
    queryKey: ['preview', body],
    queryFn: ({ signal }) => previewMarkdown(body, signal),
    gcTime: 60_000,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (rendered.isError) return <Failed error={rendered.error} retry={() => void rendered.refetch()} />
  return rendered.data ? <Prose html={rendered.data.html} /> : <Skeleton height={120} />
}
