import { http, type Macro, type MyConversation, unwrap } from '@rapport/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
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
import { Prose } from '../../../components/prose'
import { nameOf, useShortcuts } from '../../../lib/keys'
import { keys } from '../../../queries/keys'
import { useCan } from '../../../queries/me'
import type { ThreadData } from '../model/reducer'
import classes from './composer.module.css'
import { KindSwitch } from './kind-switch'
import { continueList, type Format, format, insertAt, type Selection } from './markdown'
import { dispatch, lastShown } from './outbox'
import { SendButtons, Tools } from './tools'
import { UploadList } from './upload-list'
import { useDraft } from './use-draft'
import { useSayTyping } from './use-typing'
import { useUploads } from './use-uploads'

const formatKeys: Record<string, Format> = { 'mod+b': 'bold', 'mod+i': 'italic', 'mod+k': 'link', 'mod+e': 'code' }

export interface ComposerHandle {
  /** Take a text back, such as that of a message that could not be sent. */
  restore: (body: string, kind: 'message' | 'note') => void
}

interface Props {
  conversation: MyConversation
  ref?: Ref<ComposerHandle>
  onSent?: () => void
}

/** Where replies and notes are written. Nothing typed here is lost: see `useDraft` and the outbox. */
export function Composer({ conversation, ref, onSent }: Props) {
  const { t } = useTranslation('inbox')
  const queries = useQueryClient()
  const field = useRef<HTMLTextAreaElement>(null)
  const [isPickingMacro, setPickingMacro] = useState(false)
  const { draft, change, clear, state } = useDraft(conversation.id)
  const uploads = useUploads()
  const typing = useSayTyping(conversation.id)
  const [preview, setPreview] = useState(false)
  const [dragging, setDragging] = useState(false)
  const canReply = useCan('conversations.reply')
  const isNote = draft.kind === 'note' || !canReply
  const canSend = (draft.body.trim() !== '' || uploads.attachments.length > 0) && !uploads.isBusy

  const focus = (kind: 'message' | 'note') => {
    setPreview(false)
    if (draft.kind !== kind) change({ kind })
    // At once, for those who type on; and again when the preview has made room for the field.
    field.current?.focus()
    requestAnimationFrame(() => field.current?.focus())
  }

  useImperativeHandle(ref, () => ({
    restore: (body, kind) => {
      change({ body: draft.body.trim() ? `${body}\n\n${draft.body}` : body, kind })
      focus(kind)
    },
  }))

  const send = (resolve: boolean) => {
    if (!canSend) return
    const thread = queries.getQueryData<ThreadData>(keys.conversations.messages(conversation.id))
    void dispatch(queries, {
      conversation_id: conversation.id,
      kind: isNote ? 'note' : 'message',
      body: draft.body.trim(),
      attachments: uploads.attachments,
      resolve,
      expected_last_seq: isNote || !thread ? null : lastShown(thread),
    })
    clear()
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

  const group = t('keys.conversation')
  useShortcuts([
    { keys: 'r', label: t('keys.reply'), group, run: () => focus('message') },
    { keys: 'n', label: t('keys.note'), group, run: () => focus('note') },
    { keys: 'm', label: t('keys.macro'), group, run: () => setPickingMacro(true) },
    { keys: 'mod+Enter', label: t('keys.send'), group, run: () => field.current?.focus() },
    { keys: 'mod+shift+Enter', label: t('keys.sendResolve'), group, run: () => field.current?.focus() },
  ])

  return (
    <section
      className={classes.composer}
      data-note={isNote}
      data-dragging={dragging}
      aria-label={t('composer.label')}
      onDragOver={(event) => {
        event.preventDefault()
        setDragging(true)
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={onDrop}
    >
      <div className={classes.top}>
        {canReply && <KindSwitch kind={draft.kind} onChange={focus} />}
        {isNote && <span className={classes.noteHint}>{t('composer.noteHint')}</span>}
        <span className={classes.grow} />
        <span className={classes.saved} role="status">
          {state === 'saved' && t('composer.saved')}
          {state === 'local' && t('composer.savedHere')}
        </span>
      </div>
      {preview ? (
        <Preview body={draft.body} />
      ) : (
        <textarea
          ref={field}
          className={classes.field}
          value={draft.body}
          dir={draft.body ? 'auto' : undefined}
          rows={3}
          maxLength={20_000}
          aria-label={t(isNote ? 'composer.noteLabel' : 'composer.replyLabel')}
          placeholder={t(isNote ? 'composer.notePlaceholder' : 'composer.replyPlaceholder')}
          onChange={(event) => {
            change({ body: event.currentTarget.value })
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
        <SendButtons isNote={isNote} canSend={canSend} onSend={send} />
      </div>
    </section>
  )
}

/** Names in a macro: `{{customer.name}}`, `{{customer.first_name}}`, `{{number}}`. */
function fill(body: string, { customer, number }: MyConversation): string {
  const values: Record<string, string> = {
    'customer.name': customer.name,
    'customer.first_name': customer.name.split(' ')[0] ?? '',
    'customer.email': customer.email ?? '',
    number: String(number),
  }
  return body.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, key: string) => values[key] ?? whole)
}

function Preview({ body }: { body: string }) {
  const { t } = useTranslation('inbox')
  const rendered = useQuery({
    queryKey: ['preview', body],
    queryFn: () => unwrap<{ html: string }>(http.POST('/v1/articles/preview', { body: { body } })),
    enabled: body.trim() !== '',
    gcTime: 0,
  })
  if (rendered.isError) return <div className={classes.preview}>{body}</div>
  return (
    <div className={classes.preview} aria-live="polite">
      {rendered.data ? <Prose html={rendered.data.html} /> : t('composer.nothingToPreview')}
    </div>
  )
}
