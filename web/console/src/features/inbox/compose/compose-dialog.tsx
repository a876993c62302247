import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Inbox } from '@rapport/client'
import { IconMailOff, IconPaperclip } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { Hint } from '../../../components/key-hint'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { nameOf } from '../../../lib/keys'
import { sayFailed } from '../../../lib/say-failed'
import { recall, store } from '../../../lib/use-remembered'
import { startMail } from '../../../queries/mail'
import { inboxesQuery } from '../../../queries/people'
import type { ComposeProps } from '../../../shell/compose'
import classes from '../composer/mail/mail-composer.module.css'
import { RecipientsField } from '../composer/mail/recipients-field'
import { SendLater } from '../composer/mail/send-later'
import { UploadList } from '../composer/upload-list'
import { useUploads } from '../composer/use-uploads'
import { bodyOf, emptyMail, mailInboxes, missingIn, type NewMail } from './new-mail'

const key = 'draft.newMail'

/** A mail that begins a conversation. What was written is still there when the window is opened again. */
export function ComposeDialog({ to, onClose }: ComposeProps) {
  const { t } = useTranslation(['mail', 'inbox', 'common'])
  const inboxes = useQuery({ ...inboxesQuery, select: mailInboxes })
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('mail:compose.new')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {inboxes.isPending && <RowSkeletons rows={4} height={40} />}
      {inboxes.isError && <Failed error={inboxes.error} retry={() => void inboxes.refetch()} />}
      {inboxes.data?.length === 0 && (
        <Empty icon={IconMailOff} title={t('mail:compose.noInbox')} text={t('mail:compose.noInboxText')} />
      )}
      {inboxes.data && inboxes.data.length > 0 && <Form to={to} inboxes={inboxes.data} onClose={onClose} />}
    </Modal>
  )
}

function useNewMail(to: ComposeProps['to']) {
  const [mail, setMail] = useState<NewMail>(() => {
    const kept = recall<NewMail | null>(key, null)
    return kept && to.length === 0 ? kept : { ...(kept ?? emptyMail()), ...(to.length > 0 ? { to } : {}) }
  })
  useEffect(() => store(key, mail), [mail])
  return { mail, change: (more: Partial<NewMail>) => setMail((old) => ({ ...old, ...more })) }
}

interface FormProps extends ComposeProps {
  inboxes: Inbox[]
}

function Form({ to, inboxes, onClose }: FormProps) {
  const { t } = useTranslation(['mail', 'inbox'])
  const navigate = useNavigate()
  const file = useRef<HTMLInputElement>(null)
  const { mail, change } = useNewMail(to)
  const uploads = useUploads()
  const [isCcAsked, setCcAsked] = useState(false)
  const isCcShown = isCcAsked || mail.cc.length > 0 || mail.bcc.length > 0
  const inbox = inboxes.find((each) => each.id === mail.inbox_id) ?? inboxes[0]
  const missing = missingIn(mail, uploads.attachments)
  const send = useMutation({
    mutationFn: (send_at?: string) => startMail(bodyOf(mail, inbox?.id ?? '', uploads.attachments, send_at)),
    onSuccess: ({ conversation_id }, send_at) => {
      store(key, null)
      onClose()
      if (!send_at) notifications.show({ message: t('mail:compose.started') })
      void navigate({ to: '/inbox/$view/$conversationId', params: { view: 'all', conversationId: conversation_id } })
    },
    onError: sayFailed,
  })
  const canSend = missing === null && !uploads.isBusy && !send.isPending
  const submit = () => canSend && send.mutate(undefined)
  const onKeyDown = (event: KeyboardEvent) => {
    if (nameOf(event.nativeEvent) !== 'mod+Enter') return
    event.preventDefault()
    submit()
  }

  return (
    <form
      className={classes.dialog}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {inboxes.length > 1 && (
        <NativeSelect
          label={t('mail:compose.inbox')}
          data={inboxes.map(({ id, name }) => ({ value: id, label: name }))}
          value={inbox?.id}
          onChange={(event) => change({ inbox_id: event.currentTarget.value })}
        />
      )}
      <RecipientsField
        label={t('mail:details.to')}
        people={mail.to}
        isFocused={to.length === 0}
        onChange={(people) => change({ to: people })}
      />
      {isCcShown ? (
        <>
          <RecipientsField
            label={t('mail:details.cc')}
            people={mail.cc}
            isFocused={isCcAsked}
            onChange={(cc) => change({ cc })}
          />
          <RecipientsField label={t('mail:details.bcc')} people={mail.bcc} onChange={(bcc) => change({ bcc })} />
        </>
      ) : (
        <Button size="compact-xs" variant="subtle" className={classes.more} onClick={() => setCcAsked(true)}>
          {t('mail:compose.addCc')}
        </Button>
      )}
      <TextInput
        label={t('mail:details.subject')}
        value={mail.subject}
        maxLength={200}
        dir="auto"
        data-autofocus={to.length > 0 || undefined}
        onChange={(event) => change({ subject: event.currentTarget.value })}
      />
      <textarea
        className={classes.dialogField}
        aria-label={t('mail:compose.body')}
        value={mail.body}
        dir={mail.body ? 'auto' : undefined}
        maxLength={20_000}
        onChange={(event) => change({ body: event.currentTarget.value })}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return
          event.preventDefault()
          uploads.add(event.clipboardData.files)
        }}
      />
      <UploadList uploads={uploads.uploads} onRemove={uploads.remove} onRetry={uploads.retry} />
      <input
        ref={file}
        type="file"
        multiple
        hidden
        aria-label={t('inbox:composer.attach')}
        onChange={(event) => {
          uploads.add([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <div className={classes.dialogBar}>
        <IconButton label={t('inbox:composer.attach')} hint="top" size="lg" onClick={() => file.current?.click()}>
          <IconPaperclip size={20} stroke={1.6} />
        </IconButton>
        <span className={classes.acts}>
          <SendLater canSend={canSend} onSend={(at) => send.mutate(at)} />
          <Hint label={t('mail:compose.send')} keys="mod+Enter" position="top">
            <Button type="submit" disabled={!canSend} loading={send.isPending}>
              {t('mail:compose.send')}
            </Button>
          </Hint>
        </span>
      </div>
    </form>
  )
}
