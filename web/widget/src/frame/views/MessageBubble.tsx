import type { Typist } from '../state/state'
import type { Attachment, Message, Pending } from '../types'
import { Avatar } from './Avatar'
import { Cards, type OpenForm } from './Cards'
import { useScene } from './context'
import { Icon } from './icons'
import { clockTime, exactTime, sizeWords } from './time'

function Files({ attachments }: { attachments: Attachment[] }) {
  const { language } = useScene()
  if (!attachments.length) return null
  return (
    <ul class="files">
      {attachments.map((file) => (
        <li key={file.id}>
          <a class={file.preview_url ? 'picture' : 'file'} href={file.url} target="_blank" rel="noopener">
            {file.preview_url ? (
              <img
                src={file.preview_url}
                alt={file.name}
                width={file.width ?? undefined}
                height={file.height ?? undefined}
                loading="lazy"
              />
            ) : (
              <>
                <Icon name="file" />
                <span class="file-name" dir="auto">
                  {file.name}
                </span>
                <span class="faint">{sizeWords(file.size_bytes, language)}</span>
              </>
            )}
          </a>
        </li>
      ))}
    </ul>
  )
}

/** What scrolls must be reachable by keyboard. */
function reachTables(body: HTMLElement | null): void {
  for (const table of body?.querySelectorAll('table') ?? []) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0
  }
}

/** The body: the server's sanitised HTML where there is some, the words as written otherwise. */
function Body({ html, body }: { html: string; body: string }) {
  if (!html && !body) return null
  // The server's one sanitiser has made this safe, and the frame's content security policy runs no inline script.
  if (html) return <div ref={reachTables} class="body" dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
  return (
    <div class="body as-written" dir="auto">
      {body}
    </div>
  )
}

interface BubbleProps {
  message: Message
  isContinued: boolean
  isLast: boolean
  isRead: boolean
  /** Where the answers go, if the last word is a form. */
  form: OpenForm | null
}

export function Bubble({ message, isContinued, isLast, isRead, form }: BubbleProps) {
  const { language } = useScene()
  const { t } = language
  const { author } = message
  if (author.kind === 'system') {
    return (
      <li class="system" title={exactTime(message.created_at, language)}>
        {message.body}
      </li>
    )
  }
  const isMine = author.kind === 'me'
  return (
    <li class={`message ${author.kind}${isContinued ? ' continued' : ''}`}>
      {!isMine && !isContinued && (
        <Avatar name={author.name} kind={author.kind === 'assistant' ? 'assistant' : 'agent'} />
      )}
      <div class="column">
        <span class={isMine || isContinued ? 'sr-only' : 'author'}>
          {isMine ? t('you') : author.name}
          {author.kind === 'assistant' && author.name !== t('assistant') && (
            <span class="tag assistant">{t('assistant')}</span>
          )}
        </span>
        <div class="bubble">
          <Body html={message.html} body={message.body} />
          <Files attachments={message.attachments} />
          <Cards cards={message.cards} form={form} />
        </div>
        {(isLast || isRead) && (
          <span class="meta">
            <time dateTime={message.created_at} title={exactTime(message.created_at, language)}>
              {clockTime(message.created_at, language)}
            </time>
            {isRead && ` · ${t('seen')}`}
          </span>
        )}
      </div>
    </li>
  )
}

export function PendingBubble({ message }: { message: Pending }) {
  const { chat, state, language } = useScene()
  const { t } = language
  const isLive = state.connection === 'live' || state.session === 'starting'
  return (
    <li class={`message me ${message.refusal === null ? 'pending' : 'refused'}`}>
      <div class="column">
        <span class="sr-only">{t('you')}</span>
        <div class="bubble">
          <Body html="" body={message.body} />
          <Files attachments={message.attachments} />
        </div>
        {message.refusal === null ? (
          <span class="meta">{t(isLive ? 'sending' : 'waiting')}</span>
        ) : (
          <span class="meta refusal" role="alert">
            {t('not_sent', { reason: message.refusal })}{' '}
            <button type="button" class="link" onClick={() => chat.retry(message.client_id)}>
              {t('try_again')}
            </button>{' '}
            <button type="button" class="link" onClick={() => chat.discard(message.client_id)}>
              {t('remove')}
            </button>
          </span>
        )}
      </div>
    </li>
  )
}

/** The inbox's greeting, standing where a first message would. */
export function Greeting() {
  const { state, language } = useScene()
  const name = state.config?.team_name ?? ''
  return (
    <li class="message agent">
      <Avatar name={name} kind="agent" />
      <div class="column">
        <span class="author">{name}</span>
        <div class="bubble">
          <Body html="" body={state.config?.greeting || language.t('greeting')} />
        </div>
      </div>
    </li>
  )
}

export function Typing({ typist }: { typist: Typist }) {
  const { language } = useScene()
  return (
    <li class={`message ${typist.kind}`}>
      <Avatar name={typist.name} kind={typist.kind} />
      <div class="column">
        <div class="bubble dots" role="status">
          <i />
          <i />
          <i />
          <span class="sr-only">{language.t('typing', { name: typist.name })}</span>
        </div>
      </div>
    </li>
  )
}
