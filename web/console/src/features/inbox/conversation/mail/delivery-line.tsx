import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock, IconHelpCircle, IconSend } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Tooltip } from '../../../../components/tooltip'
import { sayFailed } from '../../../../lib/say-failed'
import { useFormat } from '../../../../lib/use-format'
import { keys } from '../../../../queries/keys'
import { type Delivery, sendDelivery } from '../../../../queries/mail'
import { useCan } from '../../../../queries/me'
import { placeDelivery } from '../../model/mail'
import classes from './mail.module.css'
import { reasonOf } from './reasons'

const icons = { queued: IconClock, sending: IconSend, unknown: IconHelpCircle, sent: IconCheck } as const

/** How a message fares that goes out: waiting, sending, sent, or not, with the server's words. */
export function DeliveryLine({ delivery }: { delivery: Delivery }) {
  if (delivery.state === 'failed' || delivery.refused.length > 0) return <Trouble delivery={delivery} />
  if (delivery.state === 'held' || delivery.state === 'cancelled') return null
  return <Calm delivery={delivery} />
}

function Calm({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('mail')
  const format = useFormat()
  const state = delivery.state as keyof typeof icons
  const Icon = icons[state]
  const why = state === 'queued' ? reasonOf(delivery.reason) : 'other'
  const isLate = state === 'queued' && (delivery.attempts > 0 || why !== 'other')
  const text = isLate
    ? t('delivery.retrying', { time: format.time(delivery.due_at) })
    : t(`delivery.${state}`, { time: delivery.sent_at ? format.time(delivery.sent_at) : '' })
  const label = delivery.response ?? (delivery.sent_at && format.exact(delivery.sent_at))
  return (
    <Tooltip label={label}>
      <span className={classes.delivery} data-late={isLate || state === 'unknown' || undefined}>
        <Icon size={13} aria-hidden />
        {text}
        {why !== 'other' && ` ${t(`reason.${why}`)}`}
        {isLate && delivery.response && <bdi className={classes.words}>{delivery.response}</bdi>}
      </span>
    </Tooltip>
  )
}

function Trouble({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation(['mail', 'common'])
  const isFailed = delivery.state === 'failed'
  const refused = delivery.refused.join(', ')
  return (
    <div className={classes.trouble} role={isFailed ? 'alert' : 'status'}>
      <p>
        <IconAlertTriangle size={15} aria-hidden />
        <strong>{isFailed ? t('mail:delivery.failed') : t('mail:delivery.partly', { addresses: refused })}</strong>{' '}
        {isFailed && t(`mail:reason.${reasonOf(delivery.reason)}`)}
        {isFailed && refused && ` ${refused}`}
      </p>
      {delivery.response && (
        <p className={classes.words}>
          {t('mail:delivery.theirWords')} <q dir="auto">{delivery.response}</q>
        </p>
      )}
      {isFailed && <AgainButton delivery={delivery} />}
    </div>
  )
}

function AgainButton({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('common')
  const send = useSendNow(delivery)
  const mayReply = useCan('conversations.reply')
  if (!mayReply) return null
  return (
    <Button size="compact-xs" variant="light" loading={send.isPending} onClick={() => send.mutate()}>
      {t('action.retry')}
    </Button>
  )
}

/** Send it now: what is held, or what failed before. */
export function useSendNow(delivery: Delivery) {
  const queries = useQueryClient()
  const key = keys.conversations.deliveries(delivery.conversation_id)
  return useMutation({
    mutationFn: () => sendDelivery(delivery.id),
    onSuccess: (sent) => queries.setQueryData<Delivery[]>(key, (known) => placeDelivery(known ?? [], sent)),
    onError: (error) => {
      sayFailed(error)
      void queries.invalidateQueries({ queryKey: key })
    },
  })
}
