import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useScene } from './context'
import { EmojiPicker } from './EmojiPicker'
import { Icon } from './icons'
import type { Uploads } from './uploads'

/** What was typed and not sent, for as long as the page lives. */
const drafts = new Map<string, string>()
const maxChars = 8_000

function Waiting({ uploads }: { uploads: Uploads }) {
  const { t } = useScene().language
  if (!uploads.items.length) return null
  return (
    <ul class="uploads">
      {uploads.items.map((item) => {
        const percent = Math.round(item.share * 100)
        return (
          <li key={item.key}>
            <Icon name="file" />
            <span class="file-name" dir="auto">
              {item.name}
            </span>
            {!item.attachment && (
              <progress max={100} value={percent} aria-label={t('uploading', { name: item.name, percent })} />
            )}
            <button
              type="button"
              class="plain"
              aria-label={t('remove_file', { name: item.name })}
              onClick={() => uploads.remove(item.key)}
            >
              <Icon name="remove" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** Where the visitor writes. Enter sends, Shift+Enter begins a line. */
export function Composer({ id, uploads }: { id: string; uploads: Uploads }) {
  const { chat, language } = useScene()
  const { t } = language
  const [text, setText] = useState(drafts.get(id) ?? '')
  const [isPicking, setPicking] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const isUploading = uploads.items.some((item) => !item.attachment)
  const canSend = !isUploading && (text.trim() !== '' || uploads.items.length > 0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text])

  const write = (value: string): void => {
    setText(value)
    drafts.set(id, value)
    if (value.trim()) chat.typed(id)
    else chat.stoppedTyping()
  }

  const send = (): void => {
    if (!canSend) return
    chat.send(id, text.trim(), uploads.take())
    write('')
    area.current?.focus()
  }

  const insert = (sign: string): void => {
    const element = area.current
    const from = element?.selectionStart ?? text.length
    const to = element?.selectionEnd ?? from
    write(text.slice(0, from) + sign + text.slice(to))
    setPicking(false)
    element?.focus()
    requestAnimationFrame(() => element?.setSelectionRange(from + sign.length, from + sign.length))
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Waiting uploads={uploads} />
      <textarea
        ref={area}
        rows={1}
        dir={text ? 'auto' : undefined}
        value={text}
        maxLength={maxChars}
        aria-label={t('message')}
        placeholder={t('placeholder')}
        onInput={(event) => write(event.currentTarget.value)}
        onPaste={(event) => {
          const files = event.clipboardData?.files
          if (!files?.length) return
          event.preventDefault()
          uploads.add(files)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <div class="tools">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            uploads.add(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
        <button
          type="button"
          class="plain"
          aria-label={t('attach')}
          title={t('attach')}
          onClick={() => picker.current?.click()}
        >
          <Icon name="attach" />
        </button>
        <button
          type="button"
          class="plain"
          aria-label={t('emoji')}
          title={t('emoji')}
          aria-expanded={isPicking}
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => setPicking(!isPicking)}
        >
          <Icon name="emoji" />
        </button>
        <button type="submit" class="send" aria-label={t('send')} title={t('send')} disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
      {isPicking && (
        <EmojiPicker
          onPick={insert}
          onClose={() => {
            setPicking(false)
            area.current?.focus()
          }}
        />
      )}
    </form>
  )
}
