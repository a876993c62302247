import { Button, Modal, Select, TextInput } from '@mantine/core'
import type { Id, RecurringIssue } from '@rapport/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../lib/use-act'
import { keys } from '../../queries/keys'
import { changeIssue, issuesQuery, mergeIssue, splitIssue } from '../../queries/recurring'
import classes from './recurring.module.css'

interface FrameProps {
  title: string
  act: string
  isBusy: boolean
  isReady: boolean
  onAct: () => void
  onClose: () => void
  children: ReactNode
}

function Frame({ title, act, isBusy, isReady, onAct, onClose, children }: FrameProps) {
  const { t } = useTranslation()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) onAct()
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form className={classes.form} onSubmit={submit}>
        {children}
        <div className={`${classes.acts} ${classes.end}`}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!isReady}>
            {act}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

interface Props {
  issue: RecurringIssue
  onClose: () => void
}

/** A name of ours: the machine does not change it any more. */
export function RenameDialog({ issue, onClose }: Props) {
  const { t } = useTranslation('recurring')
  const [name, setName] = useState(issue.name)
  const save = useAct((wanted: string) => changeIssue(issue.id, { name: wanted }), [keys.recurring.all])
  return (
    <Frame
      title={t('renameTitle')}
      act={t('rename')}
      isBusy={save.isPending}
      isReady={name.trim() !== ''}
      onAct={() => save.mutate(name.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        label={t('name')}
        description={t('nameText')}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </Frame>
  )
}

/** Which other issue this one is the same as; that one stays. */
export function MergeDialog({ issue, onClose }: Props) {
  const { t } = useTranslation('recurring')
  const navigate = useNavigate()
  const [into, setInto] = useState<Id | null>(null)
  const others = useInfiniteQuery(issuesQuery({ state: 'open', sort: 'count' }))
  const merge = useAct((target: Id) => mergeIssue(issue.id, target), [keys.recurring.lists], t('merge.done'))
  const data = (others.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ id }) => id !== issue.id)
    .map(({ id, name, conversation_count: count }) => ({
      value: id,
      label: `${name || t('unnamed')} (${t('conversations', { count })})`,
    }))
  const act = (target: Id) =>
    merge.mutate(target, {
      onSuccess: (kept) => {
        onClose()
        void navigate({ to: '/recurring/$issueId', params: { issueId: kept.id } })
      },
    })
  return (
    <Frame
      title={t('merge.title')}
      act={t('merge.act')}
      isBusy={merge.isPending}
      isReady={into !== null}
      onAct={() => into && act(into)}
      onClose={onClose}
    >
      <Select
        data-autofocus
        searchable
        label={t('merge.into')}
        description={t('merge.text', { count: issue.conversation_count })}
        nothingFoundMessage={t('merge.none')}
        data={data}
        value={into}
        onChange={setInto}
      />
      {others.hasNextPage && (
        <Button variant="subtle" loading={others.isFetchingNextPage} onClick={() => void others.fetchNextPage()}>
          {t('merge.more')}
        </Button>
      )}
    </Frame>
  )
}

/** Some of its conversations are about something else. */
export function SplitDialog({ issue, chosen, onClose }: Props & { chosen: Id[] }) {
  const { t } = useTranslation('recurring')
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const split = useAct(() => splitIssue(issue.id, chosen, name.trim()), [keys.recurring.all], t('split.done'))
  const act = () =>
    split.mutate(undefined, {
      onSuccess: (made) => {
        onClose()
        void navigate({ to: '/recurring/$issueId', params: { issueId: made.id } })
      },
    })
  return (
    <Frame
      title={t('split.title', { count: chosen.length })}
      act={t('split.act')}
      isBusy={split.isPending}
      isReady
      onAct={act}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        label={t('name')}
        description={t('split.nameText')}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </Frame>
  )
}
