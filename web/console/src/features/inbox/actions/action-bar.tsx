import type { MyConversation } from '@rapport/client'
import { IconCheck, IconFlag3, IconMoonStars, IconSparkles, IconTag, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../../../lib/keys'
import { useCommands } from '../../../shell/commands'
import classes from './actions.module.css'
import { AssignPicker } from './assign-picker'
import { MoreMenu, priorities } from './more-menu'
import { ResolveButton } from './resolve-button'
import { SnoozeMenu } from './snooze-menu'
import { TagPicker } from './tag-picker'
import { useChange } from './use-change'
import { useSetStatus } from './use-resolve'

interface Props {
  conversation: MyConversation
  /** Icons only, and the tags in the menu. */
  isCompact: boolean
}

/** Everything that can be done with the open conversation, by pointer, key and name. */
export function ActionBar({ conversation, isCompact }: Props) {
  const { t } = useTranslation('inbox')
  const change = useChange(conversation)
  const setStatus = useSetStatus(conversation)
  const [isAssigning, setAssigning] = useState(false)
  const [isTagging, setTagging] = useState(false)
  const [isSnoozing, setSnoozing] = useState(false)
  const isResolved = conversation.status === 'resolved'
  const isAssistant = conversation.handler === 'assistant'

  const resolve = () => setStatus(isResolved ? 'open' : 'resolved')
  const hand = () => change.mutate({ kind: 'handler', handler: isAssistant ? 'agent' : 'assistant' })
  const group = t('keys.conversation')
  const offered = [
    {
      id: 'resolve',
      keys: 'e',
      label: t(isResolved ? 'actions.reopen' : 'actions.resolve'),
      icon: IconCheck,
      run: resolve,
    },
    { id: 'snooze', keys: 's', label: t('actions.snooze'), icon: IconMoonStars, run: () => setSnoozing(true) },
    { id: 'assign', keys: 'a', label: t('actions.assign'), icon: IconUserPlus, run: () => setAssigning(true) },
    { id: 'tag', keys: 'l', label: t('actions.tag'), icon: IconTag, run: () => setTagging(true) },
  ]
  useShortcuts(offered.map(({ keys, label, run }) => ({ keys, label, run, group })))
  useCommands([
    ...offered.map((each) => ({ ...each, group })),
    {
      id: 'hand',
      label: t(isAssistant ? 'actions.takeOver' : 'actions.handBack'),
      icon: IconSparkles,
      group,
      run: hand,
    },
    ...priorities.map((priority) => ({
      id: `priority-${priority}`,
      label: t('actions.setPriority', { priority: t(`priority.${priority}`) }),
      icon: IconFlag3,
      group,
      run: () => change.mutate({ kind: 'priority', priority }),
    })),
  ])

  return (
    <div className={classes.bar}>
      <AssignPicker conversation={conversation} opened={isAssigning} onOpenedChange={setAssigning} isIcon={isCompact} />
      {!isCompact && <TagPicker conversation={conversation} opened={isTagging} onOpenedChange={setTagging} />}
      <SnoozeMenu
        opened={isSnoozing}
        onChange={setSnoozing}
        isSnoozed={conversation.status === 'snoozed'}
        onSnooze={(until) => setStatus('snoozed', until)}
        onWake={() => setStatus('open')}
      />
      <MoreMenu
        conversation={conversation}
        setStatus={setStatus}
        onTag={isCompact ? () => setTagging(true) : null}
        onHand={hand}
      />
      {isCompact && <TagPicker conversation={conversation} opened={isTagging} onOpenedChange={setTagging} isHidden />}
      <ResolveButton isResolved={isResolved} isIcon={isCompact} onPress={resolve} />
    </div>
  )
}
