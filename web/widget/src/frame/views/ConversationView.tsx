import { useEffect, useRef, useState } from 'preact/hooks'
import { agentOf } from '../state/select'
import { isLocal } from '../types'
import { Avatar } from './Avatar'
import { Composer } from './Composer'
import { useScene } from './context'
import { Icon } from './icons'
import { MessageList } from './MessageList'
import { NoticeBar } from './NoticeBar'
import { PreChat } from './PreChat'
import { useUploads } from './uploads'

function Header({ id }: { id: string }) {
  const { chat, state, language, close } = useScene()
  const { t } = language
  const { config } = state
  const conversation = state.conversations[id]
  const isAssistant = (!conversation || conversation.handler === 'assistant') && config?.assistant
  const name = (isAssistant ? config?.assistant?.name : agentOf(state, id)) ?? config?.team_name ?? ''
  return (
    <header class="top">
      <button
        type="button"
        class="plain"
        aria-label={t('back')}
        onClick={() => chat.store.dispatch({ type: 'go', view: { name: 'home' } })}
      >
        <Icon name="back" />
      </button>
      <Avatar name={name} kind={isAssistant ? 'assistant' : 'agent'} />
      <div class="who">
        <h1 tabIndex={-1}>{name}</h1>
        <p class={state.agentsOnline ? 'presence online' : 'presence'}>
          {isAssistant
            ? t('assistant_is', { name: config?.team_name ?? '' })
            : t(state.agentsOnline ? 'team_online' : 'team_away')}
        </p>
      </div>
      <button type="button" class="plain" aria-label={t('close')} onClick={close}>
        <Icon name="close" />
      </button>
    </header>
  )
}

/** One conversation, or the beginning of one. */
export function ConversationView({ id }: { id: string }) {
  const { chat, state, language } = useScene()
  const [isDragging, setDragging] = useState(false)
  const uploads = useUploads()
  const root = useRef<HTMLElement>(null)
  const conversation = state.conversations[id]
  const asksFirst =
    isLocal(id) && !state.isIntroduced && !!state.config?.pre_chat.enabled && !!state.config.pre_chat.fields.length

  useEffect(() => {
    void chat.threads.open(id)
  }, [chat, id])

  useEffect(() => {
    if (!state.isOpen || !document.hasFocus()) return
    // A phone's keyboard would cover the answer one came to read.
    const goals = state.isPhone ? ['h1'] : ['.composer textarea', '.pre-chat input', 'h1']
    goals
      .map((goal) => root.current?.querySelector<HTMLElement>(goal))
      .find(Boolean)
      ?.focus()
  }, [state.isOpen, state.isPhone])

  return (
    <main
      ref={root}
      class="conversation"
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        setDragging(true)
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget))) setDragging(false)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setDragging(false)
        uploads.add(event.dataTransfer?.files)
      }}
    >
      <Header id={id} />
      <MessageList id={id} />
      <NoticeBar />
      {asksFirst ? (
        <PreChat />
      ) : (
        <>
          {conversation?.status === 'resolved' && <p class="hint">{language.t('resolved_hint')}</p>}
          <Composer id={id} uploads={uploads} />
        </>
      )}
      {isDragging && <div class="drop">{language.t('drop')}</div>}
    </main>
  )
}
