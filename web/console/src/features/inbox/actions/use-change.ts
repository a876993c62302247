import { notifications } from '@mantine/notifications'
import { http, type Id, type MyConversation, type Priority, type Status, unwrap } from '@rapport/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { keys } from '../../../queries/keys'
import { liveCaches } from '../model/live'

export type Change =
  | { kind: 'assignee'; assignee_id: Id | null }
  | { kind: 'team'; team_id: Id | null }
  | { kind: 'status'; status: Status; snoozed_until?: string | null }
  | { kind: 'tags'; tag_ids: Id[] }
  | { kind: 'priority'; priority: Priority }
  | { kind: 'handler'; handler: 'assistant' | 'agent' }

const send = (id: Id, { kind, ...body }: Change) => {
  const path = { conversation_id: id }
  return unwrap<MyConversation>(http.PUT(`/v1/conversations/{conversation_id}/${kind}`, { params: { path }, body }))
}

const preview = (row: MyConversation, { kind, ...fields }: Change): MyConversation => ({
  ...row,
  ...fields,
  ...(kind === 'status' && fields && 'status' in fields && fields.status !== 'snoozed' ? { snoozed_until: null } : {}),
})

/**
 * Change a conversation: on the screen at once, and taken back with a reason when the server refuses.
 *
 * The lists and the open conversation follow; whoever has a better answer (a realtime event) wins by its version.
 */
export function useChange(conversation: MyConversation) {
  const queries = useQueryClient()
  const live = liveCaches(queries)
  const { t } = useTranslation('common')
  return useMutation({
    mutationFn: (change: Change) => send(conversation.id, change),
    onMutate: (change) => {
      const before = queries.getQueryData<MyConversation>(keys.conversations.one(conversation.id)) ?? conversation
      live.put(preview(before, change))
      return { before }
    },
    onSuccess: (row, _change, { before }) => live.put({ ...row, seen_seq: row.seen_seq ?? before.seen_seq }),
    onError: (error, _change, context) => {
      if (context) live.put(context.before)
      notifications.show({ color: 'red', title: t('state.failed'), message: explain(error) })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.conversations.counters }),
  })
}
