import type { Id, OwnTextRow, Website, WebsiteDetail } from '@rapport/client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type Frame, onFrame, useTopic } from '../lib/realtime'
import { keys } from './keys'
import { type Listed, withoutRow, withRow } from './listed'
import { isUnderWay } from './sources'

/** What the topic `workspace` tells of websites, files and snippets. */
export interface SourceFrame {
  name: string
  source?: Website
  document?: OwnTextRow
  deleted_id?: Id
}

const isOfSources = (name: string) => /^knowledge\.(source|document)_/.test(name)

/** Show a website as the server has it now, wherever it stands. */
export function putWebsite(queries: QueryClient, website: Website) {
  const { websites, website: one, pages } = keys.sources
  queries.setQueryData<Listed<Website>>(websites, (data) => data && withRow(data, website))
  queries.setQueryData<WebsiteDetail>(one(website.id), (data) => data && { ...data, ...website })
  // How many of its pages are searched is not in the event, and an answer on its way may be older than it.
  void queries.invalidateQueries({ queryKey: one(website.id) })
  void queries.invalidateQueries({ queryKey: pages(website.id) })
  if (!isUnderWay(website)) void queries.invalidateQueries({ queryKey: keys.knowledge.status })
}

/** Show a file or a snippet as the server has it now, in every list that holds its kind. */
export function putText(queries: QueryClient, row: OwnTextRow) {
  const { textLists, text } = keys.sources
  for (const [key, data] of queries.getQueriesData<Listed<OwnTextRow>>({ queryKey: textLists })) {
    const kind = key[2] as string | undefined
    if (data && (kind === undefined || kind === row.kind)) queries.setQueryData(key, withRow(data, row))
  }
  void queries.invalidateQueries({ queryKey: text(row.id) })
  void queries.invalidateQueries({ queryKey: keys.knowledge.status })
}

/** Take what was deleted off every list. Whoever looks at it is told by the server that it is gone. */
export function forgetSource(queries: QueryClient, id: Id) {
  const { websites, website, textLists, text } = keys.sources
  queries.setQueryData<Listed<Website>>(websites, (data) => data && withoutRow(data, id))
  queries.setQueriesData<Listed<OwnTextRow>>({ queryKey: textLists }, (data) => data && withoutRow(data, id))
  void queries.resetQueries({ queryKey: website(id) })
  void queries.resetQueries({ queryKey: text(id) })
}

/** Keep what the cache holds of sources as the server has it. */
export function hearOfSources(queries: QueryClient, { name, source, document, deleted_id: gone }: SourceFrame) {
  if (!isOfSources(name)) return
  if (source) putWebsite(queries, source)
  if (document) putText(queries, document)
  if (gone) forgetSource(queries, gone)
}

/** Follow websites, files and snippets while a page about them is shown. */
export function useLiveSources() {
  const queries = useQueryClient()
  useTopic('workspace')
  useEffect(
    () =>
      onFrame((frame: Frame) => {
        if (frame.type === 'event') hearOfSources(queries, frame as SourceFrame)
        else if (frame.type === 'reset') void queries.invalidateQueries({ queryKey: keys.sources.all })
      }),
    [queries],
  )
}
