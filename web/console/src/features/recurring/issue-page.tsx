import { Button } from '@mantine/core'
import type { RecurringIssueDetail } from '@rapport/client'
import { IconArrowMerge, IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Sheet } from '../../components/sheet'
import { Failed, RowSkeletons } from '../../components/states'
import { TimeAgo } from '../../components/time'
import { useAct } from '../../lib/use-act'
import { keys } from '../../queries/keys'
import { useLiveIssue } from '../../queries/live-recurring'
import { useCan } from '../../queries/me'
import { changeIssue, type IssueState, issueQuery } from '../../queries/recurring'
import { Concerned } from './concerned'
import { MergeDialog, RenameDialog } from './dialogs'
import { GrowthMark } from './growth-mark'
import { Links } from './links'
import { Members } from './members'
import { NoteCard } from './note-card'
import classes from './recurring.module.css'
import { Samples } from './samples'
import { Trend } from './trend'

const route = getRouteApi('/work/recurring/$issueId')

/** One recurring issue: how often, whom it concerns, in whose words, and what is done about it. */
export function IssuePage(): ReactNode {
  const { t } = useTranslation('recurring')
  const { issueId } = route.useParams()
  const { unit = 'day' } = route.useSearch()
  const issue = useQuery(issueQuery(issueId, unit))
  useLiveIssue()
  if (issue.isPending) {
    return (
      <Sheet title={t('title')} back="/recurring">
        <RowSkeletons rows={6} />
      </Sheet>
    )
  }
  if (issue.isError) {
    return (
      <Sheet title={t('title')} back="/recurring">
        <Failed error={issue.error} retry={() => void issue.refetch()} />
      </Sheet>
    )
  }
  return <Loaded key={issueId} issue={issue.data} />
}

function Loaded({ issue }: { issue: RecurringIssueDetail }) {
  const { t } = useTranslation('recurring')
  const navigate = useNavigate()
  const mayDecide = useCan('conversations.tag')
  return (
    <Sheet
      title={<bdi>{issue.name || t('unnamed')}</bdi>}
      back="/recurring"
      action={mayDecide && <Acts issue={issue} />}
    >
      <div className={classes.acts}>
        <span className={classes.mark}>{t(`state.${issue.state}`)}</span>
        {issue.is_growing && <GrowthMark />}
        <span className={classes.note}>
          {t('conversations', { count: issue.conversation_count })}
          {' · '}
          {t('customers', { count: issue.customer_count })}
          {' · '}
          {t('firstSeen')} <TimeAgo at={issue.first_seen_at} />
        </span>
      </div>
      <Trend
        issue={issue}
        onUnit={(unit) =>
          void navigate({
            to: '/recurring/$issueId',
            params: { issueId: issue.id },
            search: unit === 'day' ? {} : { unit },
            replace: true,
          })
        }
      />
      <div className={classes.grid}>
        <NoteCard issue={issue} />
        <Links issue={issue} />
      </div>
      <Samples samples={issue.samples} />
      <Concerned issue={issue} />
      <Members issue={issue} />
    </Sheet>
  )
}

function Acts({ issue }: { issue: RecurringIssueDetail }) {
  const { t } = useTranslation('recurring')
  const [open, setOpen] = useState<'name' | 'merge' | null>(null)
  const decide = useAct((state: IssueState) => changeIssue(issue.id, { state }), [keys.recurring.all])
  const offered: [IssueState, 'dismiss' | 'resolve' | 'reopen'][] =
    issue.state === 'open'
      ? [
          ['dismissed', 'dismiss'],
          ['resolved', 'resolve'],
        ]
      : [['open', 'reopen']]
  return (
    <div className={classes.acts}>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('name')}>
        {t('rename')}
      </Button>
      <Button variant="default" leftSection={<IconArrowMerge size={16} aria-hidden />} onClick={() => setOpen('merge')}>
        {t('merge.open')}
      </Button>
      {offered.map(([state, act]) => (
        <Button
          key={state}
          variant={act === 'resolve' ? 'filled' : 'default'}
          loading={decide.isPending}
          onClick={() => decide.mutate(state)}
        >
          {t(act)}
        </Button>
      ))}
      {open === 'name' && <RenameDialog issue={issue} onClose={() => setOpen(null)} />}
      {open === 'merge' && <MergeDialog issue={issue} onClose={() => setOpen(null)} />}
    </div>
  )
}
