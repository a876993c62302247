import { Skeleton, Tabs } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Prose } from '../../components/prose'
import { Failed } from '../../components/states'
import { useNarrow } from '../../lib/use-narrow'
import { previewMarkdown } from './api'
import classes from './knowledge.module.css'

interface Props {
  title: string
  body: string
  onTitle: (title: string) => void
  onBody: (body: string) => void
  onSave: () => void
}

/** Markdown on the one side, what customers will read on the other; tabs where there is no room for both. */
export function Editor(props: Props) {
  const { t } = useTranslation('knowledge')
  const narrow = useNarrow()
  if (!narrow) {
    return (
      <div className={classes.editor}>
        <Source {...props} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
        <section className={classes.preview} tabIndex={0} aria-label={t('editor.preview')}>
          <Preview title={props.title} body={props.body} />
        </section>
      </div>
    )
  }
  return (
    <Tabs defaultValue="write" keepMounted={false} className={classes.tabs}>
      <Tabs.List grow>
        <Tabs.Tab value="write">{t('editor.write')}</Tabs.Tab>
        <Tabs.Tab value="preview">{t('editor.preview')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="write">
        <Source {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="preview" className={classes.preview}>
        <Preview title={props.title} body={props.body} />
      </Tabs.Panel>
    </Tabs>
  )
}

function Source({ title, body, onTitle, onBody }: Props) {
  const { t } = useTranslation('knowledge')
  const text = useRef<HTMLTextAreaElement>(null)
  return (
    <div className={classes.source}>
      <input
        className={classes.titleField}
        value={title}
        dir={title ? 'auto' : undefined}
        maxLength={200}
        aria-label={t('editor.title')}
        placeholder={t('editor.titlePlaceholder')}
        onChange={(event) => onTitle(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') text.current?.focus()
        }}
      />
      <textarea
        ref={text}
        className={classes.bodyField}
        value={body}
        dir={body ? 'auto' : undefined}
        aria-label={t('editor.body')}
        placeholder={t('editor.bodyPlaceholder')}
        onChange={(event) => onBody(event.currentTarget.value)}
      />
    </div>
  )
}

function Preview({ title, body }: { title: string; body: string }) {
  const { t } = useTranslation('knowledge')
  const [settled] = useDebouncedValue(body, 250)
  const rendered = useQuery({
    queryKey: ['preview', settled],
    queryFn: ({ signal }) => previewMarkdown(settled, signal),
    enabled: settled.trim() !== '',
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  if (settled.trim() === '') return <p className={classes.previewEmpty}>{t('editor.previewEmpty')}</p>
  if (rendered.isError) return <Failed error={rendered.error} retry={() => void rendered.refetch()} />
  return (
    <div className={classes.paper}>
      <h2 className={classes.paperTitle} dir="auto">
        {title}
      </h2>
      {rendered.data ? <Prose html={rendered.data.html} /> : <Skeleton height={120} />}
    </div>
  )
}
