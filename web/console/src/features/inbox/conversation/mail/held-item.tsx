import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCalendarClock, IconClock, IconFile } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Person } from '../../../../components/person'
import { Prose } from '../../../../components/prose'
import { Tooltip } from '../../../../components/tooltip'
import { sayFailed } from '../../../../lib/say-failed'
import { useFormat } from '../../../../lib/use-format'
import { useSecond } from '../../../../lib/use-second'
import { keys } from '../../../../queries/keys'
import { cancelDelivery, type Delivery } from '../../../../queries/mail'
import { useCan } from '../../../../queries/me'
import { clockSkewMs } from '../../composer/mail/clock-skew'
import type { Restored } from '../../composer/restoring'
import { isScheduled, placeDelivery, secondsLeft, shortName } from '../../model/mail'
import shared from '../conversation.module.css'
import { useSendNow } from './delivery-line'
import classes from './mail.module.css'
import { reasonOf } from './reasons'

interface Props {
  delivery: Delivery
  onRestore: (restored: Restored) => void
}

/** A mail that is written and has not left: how long it can be taken back, or when it will go. */
export function HeldItem({ delivery, onRestore }: Props) {
  const { t } = useTranslation('mail')
  const names = (people: Delivery['recipients']['to']) => people.map(shortName).join(', ')
  const { to, cc } = delivery.recipients
  return (
    <div className={shared.message} data-voice="agent" data-state="held">
      <span className={shared.face}>
        <Person name={delivery.author.name} size={30} />
      </span>
      <div className={shared.bubbleFrame}>
        <p className={shared.byline}>
          <bdi className={shared.author}>{delivery.author.name}</bdi>
          <bdi>{t(cc.length > 0 ? 'held.toCc' : 'held.to', { to: names(to), cc: names(cc) })}</bdi>
        </p>
        <div className={shared.bubble}>
          {delivery.draft && <Prose html={delivery.draft.html} />}
          {delivery.draft?.attachments.map((file) => (
            <span key={file.id} className={shared.file}>
              <IconFile size={16} aria-hidden />
              {file.name}
            </span>
          ))}
        </div>
        <Waiting delivery={delivery} onRestore={onRestore} />
      </div>
    </div>
  )
}

function Waiting({ delivery, onRestore }: Props) {
  const { t } = useTranslation(['mail', 'common'])
  const format = useFormat()
  const mayReply = useCan('conversations.reply')
  const scheduled = isScheduled(delivery)
  const now = useSecond(!scheduled)
  const seconds = secondsLeft(delivery, now, clockSkewMs())
  const isLeaving = !scheduled && seconds === 0
  if (delivery.reason) return <Stuck delivery={delivery} onRestore={onRestore} />
  if (isLeaving) {
    return (
      <span className={shared.sending}>
        <IconClock size={13} aria-hidden />
        {t('mail:held.leaving')}
      </span>
    )
  }
  return (
    <div className={classes.waiting}>
      {scheduled ? (
        <Tooltip label={format.exact(delivery.due_at)}>
          <span className={classes.due}>
            <IconCalendarClock size={14} aria-hidden />
            {t('mail:held.scheduled', { date: format.day(delivery.due_at), time: format.time(delivery.due_at) })}
          </span>
        </Tooltip>
      ) : (
        // A countdown that is read out each second would be all one hears.
        <span className={classes.due} role="timer" aria-live="off">
          <IconClock size={14} aria-hidden />
          {t('mail:held.sendingIn', { count: seconds })}
        </span>
      )}
      {mayReply && (
        <>
          {scheduled && <NowButton delivery={delivery} />}
          <CancelButton delivery={delivery} onRestore={onRestore}>
            {scheduled ? t('common:action.cancel') : t('common:action.undo')}
          </CancelButton>
        </>
      )}
    </div>
  )
}

/** It could not be added to its conversation: nothing of it is lost. */
function Stuck({ delivery, onRestore }: Props) {
  const { t } = useTranslation(['mail', 'inbox'])
  return (
    <div className={shared.failed} role="alert">
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        {t('mail:delivery.failed')} {t(`mail:reason.${reasonOf(delivery.reason)}`)}
      </span>
      <NowButton delivery={delivery} />
      <CancelButton delivery={delivery} onRestore={onRestore}>
        {t('inbox:outgoing.edit')}
      </CancelButton>
    </div>
  )
}

function NowButton({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('mail')
  const send = useSendNow(delivery)
  return (
    <Button size="compact-xs" variant="subtle" loading={send.isPending} onClick={() => send.mutate()}>
      {t('held.sendNow')}
    </Button>
  )
}

/** Back into the composer, with its recipients and files. When it has left already, it says so. */
function CancelButton({ delivery, onRestore, children }: Props & { children: string }) {
  const queries = useQueryClient()
  const key = keys.conversations.deliveries(delivery.conversation_id)
  const cancel = useMutation({
    mutationFn: () => cancelDelivery(delivery.id),
    onSuccess: ({ body, subject }) => {
      const { recipients, draft } = delivery
      queries.setQueryData<Delivery[]>(key, (all) =>
        placeDelivery(all ?? [], { ...delivery, state: 'cancelled', draft: null }),
      )
      onRestore({
        body,
        kind: 'message',
        attachments: draft?.attachments ?? [],
        mail: { ...recipients, ...(subject === null ? {} : { subject }), quote: draft?.quote ?? false },
      })
    },
    onError: (error) => {
      sayFailed(error)
      void queries.invalidateQueries({ queryKey: key })
    },
  })
  return (
    <Button size="compact-xs" variant="light" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {children}
    </Button>
  )
}
