import type { Id, RecurringIssue, RecurringIssueDetail } from '@rapport/client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Frame, onFrame, useTopic } from '../lib/realtime'
import { keys } from './keys'
import { holds, type Listed, withKnown } from './listed'

/** What the topic `workspace` tells of recurring issues. */
export interface IssueFrame {
  problem?: RecurringIssue
  alert?: { kind: 'new' | 'growing'; count: number }
}

type Issues = Listed<RecurringIssue>

/** Keep what the cache holds of an issue as the server has it; whether `list` does not show it yet. */
export function hearOfIssue(queries: QueryClient, issue: RecurringIssue, list: readonly unknown[]): boolean {
  queries.setQueriesData<Issues>({ queryKey: keys.recurring.lists }, (data) => data && withKnown(data, issue))
  queries.setQueriesData<RecurringIssueDetail>(
    { queryKey: keys.recurring.one(issue.id) },
    (data) => data && { ...data, ...issue },
  )
  void queries.invalidateQueries({ queryKey: keys.recurring.one(issue.id) })
  void queries.invalidateQueries({ queryKey: keys.recurring.members(issue.id) })
  const shown = queries.getQueryData<Issues>(list)
  return shown !== undefined && !holds(shown, issue.id)
}

/** Follow recurring issues while they are on the screen. */
export function useLiveIssue() {
  useIssues(keys.recurring.lists, () => {})
}

/**
 * Follow a list of issues.
 *
 * @returns how many issues wait to be shown, and what shows them.
 */
export function useLiveIssues(list: readonly unknown[], wanted: (issue: RecurringIssue) => boolean) {
  const queries = useQueryClient()
  const name = JSON.stringify(list)
  const [waiting, setWaiting] = useState<{ name: string; ids: Id[] }>({ name, ids: [] })
  const ids = waiting.name === name ? waiting.ids : []
  useIssues(list, (issue) => {
    if (wanted(issue) && !ids.includes(issue.id)) setWaiting({ name, ids: [...ids, issue.id] })
  })
  const show = () => {
    setWaiting({ name, ids: [] })
    void queries.invalidateQueries({ queryKey: list })
  }
  return { count: ids.length, show }
}

function useIssues(list: readonly unknown[], onUnknown: (issue: RecurringIssue) => void) {
  const queries = useQueryClient()
  useTopic('workspace')
  useEffect(() =>
    onFrame((frame: Frame) => {
      const { problem } = frame as IssueFrame
      if (frame.type === 'reset') void queries.invalidateQueries({ queryKey: keys.recurring.all })
      else if (frame.type === 'event' && problem && hearOfIssue(queries, problem, list)) onUnknown(problem)
    }),
  )
}
