import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { MyConversation } from '@rapport/client'
import { IconArrowsSplit2, IconLink, IconUserQuestion } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { sayFailed } from '../../../../lib/say-failed'
import { conversationQuery } from '../../../../queries/conversations'
import { customerQuery } from '../../../../queries/customers'
import { keys } from '../../../../queries/keys'
import { type Mail, splitMail } from '../../../../queries/mail'
import { useCan } from '../../../../queries/me'
import { addIdentity } from '../../../../queries/profile'
import { folded } from '../../composer/mail/addresses'
import classes from './mail.module.css'

/** Somebody wrote into the conversation who had no part in it: who, and the two ways on. */
export function StrangerBanner({ mail }: { mail: Mail }) {
  const { t } = useTranslation(['mail', 'common'])
  const conversation = useQuery(conversationQuery(mail.conversation_id)).data
  const address = mail.sender?.address ?? ''
  const isSplit = mail.notices.includes('split')
  return (
    <div className={classes.stranger} role="note">
      <IconUserQuestion size={20} stroke={1.6} aria-hidden />
      <p>
        <strong>{t(isSplit ? 'mail:stranger.split' : 'mail:stranger.title', { address })}</strong>{' '}
        {!isSplit && t('mail:stranger.text')}
      </p>
      <div className={classes.strangerActs}>
        {conversation && address && !isSplit && <LinkButton conversation={conversation} address={address} />}
        <SplitButton mail={mail} isSplit={isSplit} />
      </div>
    </div>
  )
}

/** Say that the address is the customer's too; then it is no stranger's any more. */
function LinkButton({ conversation, address }: { conversation: MyConversation; address: string }) {
  const { t } = useTranslation(['mail', 'common'])
  const queries = useQueryClient()
  const mayWrite = useCan('customers.write')
  const { id, name } = conversation.customer
  const customer = useQuery(customerQuery(id)).data
  const isTheirs = customer?.identities.some((each) => folded(each.address) === folded(address))
  const link = useMutation({
    mutationFn: () => addIdentity(id, { channel: 'email', address }),
    onSuccess: (changed) => {
      queries.setQueryData(keys.customers.one(id), changed)
      notifications.show({ message: t('mail:stranger.linked', { address, name: name || t('common:visitor') }) })
    },
    onError: sayFailed,
  })
  if (isTheirs) return <span className={classes.calm}>{t('mail:stranger.isLinked')}</span>
  if (!mayWrite || !customer) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconLink size={14} aria-hidden />}
      loading={link.isPending}
      onClick={() => link.mutate()}
    >
      {t('mail:stranger.link', { name: name || t('common:visitor') })}
    </Button>
  )
}

function SplitButton({ mail, isSplit }: { mail: Mail; isSplit: boolean }) {
  const { t } = useTranslation('mail')
  const navigate = useNavigate()
  const mayStart = useCan('conversations.start')
  const split = useMutation({
    mutationFn: () => splitMail(mail.conversation_id, mail.seq),
    onSuccess: ({ id }) =>
      navigate({ to: '/inbox/$view/$conversationId', params: { view: 'all', conversationId: id } }),
    onError: sayFailed,
  })
  if (!mayStart || (!mail.has_raw && !isSplit)) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconArrowsSplit2 size={14} aria-hidden />}
      loading={split.isPending}
      onClick={() => split.mutate()}
    >
      {t(isSplit ? 'stranger.openSplit' : 'stranger.splitAct')}
    </Button>
  )
}
