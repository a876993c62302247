import type { Macro, MyConversation } from '@rapport/client'
import { useQueryClient } from '@tanstack/react-query'
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type Ref,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf, useShortcuts } from '../../../lib/keys'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import type { ThreadData } from '../model/reducer'
import classes from './composer.module.css'
import { Field } from './field'
import { fill } from './fill'
import { KindSwitch } from './kind-switch'
import { SendLater } from './mail/send-later'
import { useMailWay } from './mail/use-mail-way'
import { WayHead } from './mail/way-head'
import { continueList, type Format, format, insertAt, type Selection } from './markdown'
import { dispatch, lastShown } from './outbox'
import { Preview } from './preview'
import type { Restored } from './restoring'
import { SendButtons, Tools } from './tools'
import { UploadList } from './upload-list'
import { useDraft } from './use-draft'
import { useSayTyping } from './use-typing'
import { useUploads } from './use-uploads'

const formatKeys: Record<string, Format> = { 'mod+b': 'bold', 'mod+i': 'italic', 'mod+k': 'link', 'mod+e': 'code' }

export interface ComposerHandle {
  /** Take back a message that could not be sent, or was taken back in time. */
  restore: (restored: Restored) => void
}

interface Props {
  conversation: MyConversation
  ref?: Ref<ComposerHandle>
  onSent?: () => void
}

/** Where replies and notes are written. Nothing typed here is lost: see `useDraft` and the outbox. */
export function Composer({ conversation, ref, onSent }: Props) {
  const { t } = useTranslation(['inbox', 'mail'])
  const queries = useQueryClient()
  const field = useRef<HTMLTextAreaElement>(null)
  const [isPickingMacro, setPickingMacro] = useState(false)
  const { draft, change, clear, state } = useDraft(conversation.id)
  const uploads = useUploads()
  const typing = useSayTyping(conversation.id)
  const way = useMailWay(conversation)
  const [preview, setPreview] = useState(false)
  const [dragging, setDragging] = useState(false)
  const canReply = useCan('conversations.reply')
  const isNote = draft.kind === 'note' || !canReply
  const isMail = way.isMail && !isNote
  const isReady = (draft.body.trim() !== '' || uploads.attachments.length > 0) && !uploads.isBusy
  const canSend = isReady && (!isMail || way.isComplete)

  const focus = (kind: 'message' | 'note') => {
    setPreview(false)
    if (draft.kind !== kind) change({ kind })
    // At once, for those who type on; and again when the preview has made room for the field.
    field.current?.focus()
    requestAnimationFrame(() => field.current?.focus())
  }

  useImperativeHandle(ref, () => ({
    restore: ({ body, kind, attachments, mail }) => {
      change({ body: draft.body.trim() ? `${body}\n\n${draft.body}` : body, kind })
      uploads.adopt(attachments)
      if (mail) {
        const { send_at: _, ...fields } = mail
        way.change(fields)
        way.setByMail(true)
      }
      focus(kind)
    },
  }))

  const send = (resolve: boolean, send_at?: string) => {
    if (!canSend) return
    const thread = queries.getQueryData<ThreadData>(keys.conversations.messages(conversation.id))
    void dispatch(queries, {
      conversation_id: conversation.id,
      kind: isNote ? 'note' : 'message',
      body: draft.body.trim(),
      attachments: uploads.attachments,
      resolve,
      expected_last_seq: isNote || !thread ? null : lastShown(thread),
      mail: isMail ? { ...way.mailing(), ...(send_at ? { send_at } : {}) } : null,
    })
    clear()
    if (isMail) way.reset()
    uploads.reset()
    typing.stop()
    setPreview(false)
    onSent?.()
  }

  const selection = (): Selection => {
    const { selectionStart = draft.body.length, selectionEnd = draft.body.length } = field.current ?? {}
    return { text: draft.body, start: selectionStart, end: selectionEnd }
  }
  const apply = (next: Selection) => {
    change({ body: next.text })
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(next.start, next.end)
    })
  }

  const insertMacro = (macro: Macro) => apply(insertAt(selection(), fill(macro.body, conversation)))

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const name = nameOf(event.nativeEvent)
    if (name === 'mod+Enter' || name === 'mod+shift+Enter') {
      event.preventDefault()
      send(name === 'mod+shift+Enter' && !isNote)
      return
    }
    const how = formatKeys[name]
    const next = how ? format(selection(), how) : name === 'Enter' ? continueList(selection()) : null
    if (next) {
      event.preventDefault()
      apply(next)
    } else if (name === 'Escape') {
      field.current?.blur()
    }
  }

  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return
    event.preventDefault()
    uploads.add(event.clipboardData.files)
  }

  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setDragging(false)
    uploads.add(event.dataTransfer.files)
  }

  const group = t('inbox:keys.conversation')
  useShortcuts([
    { keys: 'r', label: t('inbox:keys.reply'), group, run: () => focus('message') },
    { keys: 'n', label: t('inbox:keys.note'), group, run: () => focus('note') },
    { keys: 'm', label: t('inbox:keys.macro'), group, run: () => setPickingMacro(true) },
    { keys: 'mod+Enter', label: t('inbox:keys.send'), group, run: () => field.current?.focus() },
    { keys: 'mod+shift+Enter', label: t('inbox:keys.sendResolve'), group, run: () => field.current?.focus() },
  ])

  return (
    <section
      className={classes.composer}
      data-note={isNote}
      data-dragging={dragging}
      aria-label={t('inbox:composer.label')}
      onDragOver={(event) => {
        event.preventDefault()
        setDragging(true)
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={onDrop}
    >
      {!isNote && <WayHead way={way} />}
      <div className={classes.top}>
        {canReply && <KindSwitch kind={draft.kind} onChange={focus} />}
        {isNote && <span className={classes.noteHint}>{t('inbox:composer.noteHint')}</span>}
        <span className={classes.grow} />
        <SaveState state={state} />
      </div>
      {preview ? (
        <Preview body={draft.body} />
      ) : (
        <Field
          ref={field}
          body={draft.body}
          isNote={isNote}
          onType={(body) => {
            change({ body })
            typing.say(isNote)
          }}
          onBlur={typing.stop}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
      )}
      <UploadList uploads={uploads.uploads} onRemove={uploads.remove} onRetry={uploads.retry} />
      <div className={classes.bar}>
        <Tools
          isPreview={preview}
          isPickingMacro={isPickingMacro}
          onPickingMacro={setPickingMacro}
          onFormat={(how) => apply(format(selection(), how))}
          onFiles={uploads.add}
          onInsert={(text) => apply(insertAt(selection(), text))}
          onMacro={insertMacro}
          onPreview={() => setPreview(!preview)}
        />
        <span className={classes.sending}>
          {isMail && <SendLater canSend={canSend} onSend={(at) => send(false, at)} />}
          <SendButtons
            isNote={isNote}
            canSend={canSend}
            onSend={(resolve) => send(resolve)}
            byMail={isMail ? null : way.offer}
            onByMail={() => way.setByMail(true)}
          />
        </span>
      </div>
    </section>
  )
}

/** Whether what is typed is kept, and where. */
function SaveState({ state }: { state: ReturnType<typeof useDraft>['state'] }) {
  const { t } = useTranslation('inbox')
  return (
    <span className={classes.saved} role="status">
      {state === 'saved' && t('composer.saved')}
      {state === 'local' && t('composer.savedHere')}
    </span>
  )
}
