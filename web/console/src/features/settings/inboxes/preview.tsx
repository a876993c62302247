import type { AssistantSettings, WebChat } from '@rapport/client'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'

interface Props {
  webchat: WebChat
  assistant: AssistantSettings | undefined
}

/**
 * The real widget, showing sample words in the looks being chosen.
 *
 * The frame says `loaded` when it listens; from then on every change is posted to it. It takes previews from its own
 * origin only, which is ours.
 */
export function Preview({ webchat, assistant }: Props) {
  const { t } = useTranslation('settings')
  const frame = useRef<HTMLIFrameElement>(null)
  const [isLoaded, setLoaded] = useState(false)

  useEffect(() => {
    const hear = (event: MessageEvent) => {
      if (event.source !== frame.current?.contentWindow || event.origin !== window.location.origin) return
      if (event.data?.rapport === 1 && event.data.type === 'loaded') setLoaded(true)
    }
    window.addEventListener('message', hear)
    return () => window.removeEventListener('message', hear)
  }, [])

  useEffect(() => {
    if (isLoaded) frame.current?.contentWindow?.postMessage(previewOf(webchat, assistant), window.location.origin)
  }, [isLoaded, webchat, assistant])

  return (
    <section className={classes.preview} aria-label={t('look.preview')}>
      <iframe
        ref={frame}
        className={classes.previewFrame}
        src={`/widget/frame?key=${encodeURIComponent(webchat.key)}`}
        title={t('look.preview')}
      />
    </section>
  )
}

/** What the frame needs to know to look like this chat. */
export function previewOf(webchat: WebChat, assistant: AssistantSettings | undefined) {
  const { team_name, greeting, color, position, theme, locale, texts, pre_chat, require_identity } = webchat
  return {
    rapport: 1,
    type: 'preview',
    config: {
      name: team_name,
      team_name,
      greeting,
      color,
      position,
      theme,
      locale,
      texts,
      pre_chat,
      require_identity,
      agents_online: true,
      assistant: assistant?.enabled ? { name: assistant.name } : null,
      max_file_bytes: 0,
    },
  }
}
