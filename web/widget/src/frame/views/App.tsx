import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Chat } from '../chat'
import type { Language } from '../i18n'
import { useStore } from '../state/store'
import type { Message } from '../types'
import { ConversationView } from './ConversationView'
import { SceneContext } from './context'
import { Home } from './Home'

interface Props {
  chat: Chat
  language: Language
  close(): void
}

/** Says new messages to those who listen to the page rather than look at it. One at a time, and only news. */
function Announcer({ chat, language }: Props) {
  const [news, setNews] = useState('')
  useEffect(() => {
    const earlier = chat.onIncoming
    chat.onIncoming = (message: Message) => {
      setNews(language.t('says', { name: message.author.name, text: message.body.slice(0, 300) }))
      earlier(message)
    }
    return () => {
      chat.onIncoming = earlier
    }
  }, [chat, language])
  return (
    <div class="sr-only" aria-live="polite">
      {news}
    </div>
  )
}

export function App({ chat, language, close }: Props) {
  const state = useStore(chat.store)
  const scene = useMemo(() => ({ chat, state, language, close }), [chat, state, language, close])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) close()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [close])
  if (!state.config) return null
  return (
    <SceneContext.Provider value={scene}>
      <Announcer chat={chat} language={language} close={close} />
      <div class="frame">
        {state.view.name === 'home' ? (
          <Home />
        ) : (
          <ConversationView key={state.view.key ?? state.view.id} id={state.view.id} />
        )}
      </div>
    </SceneContext.Provider>
  )
}
