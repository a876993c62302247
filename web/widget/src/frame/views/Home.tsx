import { useEffect, useRef } from 'preact/hooks'
import { ordered, pendingIn, unreadIn } from '../state/select'
import type { Conversation } from '../types'
import { isLocal } from '../types'
import { Avatar } from './Avatar'
import { useScene } from './context'
import { Icon } from './icons'
import { exactTime, shortTime } from './time'

function Row({ conversation }: { conversation: Conversation }) {
  const { chat, state, language } = useScene()
  const { t } = language
  const count = unreadIn(state, conversation)
  const name = conversation.assignee?.name ?? state.config?.team_name ?? ''
  const isAssistant = conversation.handler === 'assistant' && state.config?.assistant
  return (
    <li>
      <button
        type="button"
        class="row"
        onClick={() => chat.store.dispatch({ type: 'go', view: { name: 'conversation', id: conversation.id } })}
      >
        <Avatar name={name} kind={isAssistant ? 'assistant' : 'agent'} />
        <span class="row-text">
          <span class="row-top">
            <strong>{isAssistant ? state.config?.assistant?.name : name}</strong>
            <time dateTime={conversation.last_activity_at} title={exactTime(conversation.last_activity_at, language)}>
              {shortTime(conversation.last_activity_at, language)}
            </time>
          </span>
          <span class="row-bottom">
            <span class="preview" dir="auto">
              {conversation.preview}
            </span>
            {count > 0 && (
              <span class="badge">
                <span aria-hidden="true">{count > 9 ? '9+' : count}</span>
                <span class="sr-only">{t(count === 1 ? 'unread_one' : 'unread_other', { n: count })}</span>
              </span>
            )}
            {count === 0 && conversation.status === 'resolved' && <span class="tag">{t('resolved')}</span>}
          </span>
        </span>
      </button>
    </li>
  )
}

/** Greeting, earlier conversations, and the way to a new one. */
export function Home() {
  const { chat, state, language, close } = useScene()
  const { t } = language
  const { config } = state
  const start = useRef<HTMLButtonElement>(null)
  const conversations = ordered(state)
  // A conversation begun while offline has no row yet, but must be found again.
  const begun = state.outbox.find((message) => isLocal(message.conversation_id))
  const newId = begun?.conversation_id ?? `new:${crypto.randomUUID()}`

  useEffect(() => {
    if (state.isOpen && document.hasFocus()) start.current?.focus()
  }, [state.isOpen])

  return (
    <main class="home">
      <header class="hero">
        <div class="hero-top">
          <span class="team">{config?.team_name}</span>
          <button type="button" class="plain" aria-label={t('close')} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <h1 dir="auto">{config?.greeting || t('greeting')}</h1>
        <p class={state.agentsOnline ? 'presence online' : 'presence'}>
          {t(state.agentsOnline ? 'team_online' : 'team_away')}
        </p>
      </header>
      <div class="home-body">
        <button
          ref={start}
          type="button"
          class="primary start"
          onClick={() => chat.store.dispatch({ type: 'go', view: { name: 'conversation', id: newId } })}
        >
          <Icon name="write" />
          {t('start')}
        </button>
        {begun && (
          <p class="waiting-note" dir="auto">
            {t('waiting')}: {pendingIn(state, begun.conversation_id)[0]?.body}
          </p>
        )}
        {conversations.length > 0 && (
          <section aria-labelledby="conversations">
            <h2 id="conversations">{t('conversations')}</h2>
            <ul class="rows">
              {conversations.map((conversation) => (
                <Row key={conversation.id} conversation={conversation} />
              ))}
            </ul>
          </section>
        )}
      </div>
    </main>
  )
}
