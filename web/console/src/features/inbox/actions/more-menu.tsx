import { ActionIcon, Menu } from '@mantine/core'
import type { MyConversation, Priority, Status } from '@rapport/client'
import { IconCheck, IconDots, IconFlag3, IconSparkles, IconTag } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './actions.module.css'
import { useChange } from './use-change'

export const priorities: Priority[] = ['low', 'normal', 'high', 'urgent']

interface Props {
  conversation: MyConversation
  setStatus: (status: Status) => void
  /** Where there is no room for the button: open the tags from here. */
  onTag: (() => void) | null
  onHand: () => void
}

/** What is done now and then: pending, priority, the assistant. */
export function MoreMenu({ conversation, setStatus, onTag, onHand }: Props) {
  const { t } = useTranslation('inbox')
  const change = useChange(conversation)
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('actions.more')}>
          <IconDots size={20} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {onTag && (
          <Menu.Item leftSection={<IconTag size={16} />} onClick={onTag}>
            {t('actions.tag')}
          </Menu.Item>
        )}
        {conversation.status !== 'pending' && conversation.status !== 'resolved' && (
          <Menu.Item onClick={() => setStatus('pending')}>{t('actions.pending')}</Menu.Item>
        )}
        {conversation.status === 'pending' && (
          <Menu.Item onClick={() => setStatus('open')}>{t('actions.open')}</Menu.Item>
        )}
        {conversation.handler !== 'assistant' && (
          <Menu.Item leftSection={<IconSparkles size={16} />} onClick={onHand}>
            {t('actions.handBack')}
          </Menu.Item>
        )}
        <Menu.Label>{t('priority.label')}</Menu.Label>
        {priorities.map((priority) => (
          <Menu.Item
            key={priority}
            leftSection={<IconFlag3 size={16} aria-hidden className={classes[priority]} />}
            rightSection={conversation.priority === priority && <IconCheck size={16} aria-hidden />}
            onClick={() => change.mutate({ kind: 'priority', priority })}
          >
            {t(`priority.${priority}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
