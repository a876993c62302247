import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { MyConversation, Status } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { useChange } from './use-change'

/** Set a conversation's status, and offer the way back. */
export function useSetStatus(conversation: MyConversation) {
  const { t } = useTranslation(['inbox', 'common'])
  const change = useChange(conversation)
  return (status: Status, snoozed_until: string | null = null) => {
    const before = { status: conversation.status, snoozed_until: conversation.snoozed_until }
    change.mutate({ kind: 'status', status, ...(status === 'snoozed' ? { snoozed_until } : {}) })
    const id = `status-${conversation.id}`
    const undo = () => {
      notifications.hide(id)
      change.mutate({
        kind: 'status',
        status: before.status,
        ...(before.status === 'snoozed' ? { snoozed_until: before.snoozed_until } : {}),
      })
    }
    notifications.show({
      id,
      autoClose: 6_000,
      withCloseButton: true,
      closeButtonProps: { 'aria-label': t('common:action.close') },
      message: (
        <span style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 12 }}>
          {t(`inbox:statusSet.${status}`, { number: conversation.number })}
          <Button size="compact-sm" variant="subtle" onClick={undo}>
            {t('common:action.undo')}
          </Button>
        </span>
      ),
    })
  }
}
