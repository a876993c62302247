import '@rapport/design/tokens.css'
import './styles.css'
import { render } from 'preact'
import type { Config, ToFrame } from '../protocol'
import { Chat } from './chat'
import { Host } from './host'
import { type Language, language, languageFor } from './i18n'
import { unread } from './state/select'
import { applyTheme } from './theme'
import { App } from './views/App'

const root = document.getElementById('app') as HTMLElement
const key = new URLSearchParams(location.search).get('key') ?? ''
const chat = new Chat(location.origin, key)
let stopTheme: () => void = () => undefined
let hasStarted = false

const close = (): void => host.tell({ type: 'close' })

function draw(spoken: Language): void {
  document.documentElement.lang = spoken.locale
  document.documentElement.dir = spoken.direction
  document.title = spoken.t('chat')
  render(<App chat={chat} language={spoken} close={close} />, root)
}

async function dress(config: Config): Promise<void> {
  stopTheme()
  stopTheme = applyTheme(config.theme, config.color)
  draw(await languageFor(config.locale || navigator.language, config.texts))
}

/** Without conversations a visitor comes to ask: the first message is one step away. */
function firstView(): void {
  const { state } = chat.store
  if (state.view.name !== 'home' || state.session === 'starting' || Object.keys(state.conversations).length) return
  const id = state.outbox[0]?.conversation_id ?? `new:${crypto.randomUUID()}`
  chat.store.dispatch({ type: 'go', view: { name: 'conversation', id } })
}

function fail(): void {
  const spoken = language('en', {}, {})
  const retry = (
    <button type="button" onClick={() => location.reload()}>
      {spoken.t('reload')}
    </button>
  )
  render(
    <main class="broken">
      <p>{spoken.t('broken')}</p>
      {retry}
    </main>,
    root,
  )
}

async function begin({ settings, config, pageUrl, isPhone }: Extract<ToFrame, { type: 'init' }>): Promise<void> {
  if (hasStarted) return
  hasStarted = true
  chat.store.dispatch({ type: 'set', values: { isPhone } })
  try {
    const started = await chat.start(settings, config, pageUrl)
    await dress(started)
    host.tell({ type: 'ready', config: started })
  } catch {
    hasStarted = false
    fail()
  }
}

const host = new Host((message, origin) => {
  switch (message.type) {
    case 'init':
      void begin(message)
      break
    case 'opened':
      chat.onPage(message.pageUrl)
      firstView()
      if (message.focus) window.focus()
      chat.store.dispatch({ type: 'set', values: { isOpen: true } })
      break
    case 'closed':
      chat.store.dispatch({ type: 'set', values: { isOpen: false } })
      break
    case 'layout':
      chat.store.dispatch({ type: 'set', values: { isPhone: message.isPhone } })
      break
    case 'identify':
      void chat.identify(message.jwt)
      break
    case 'attributes':
      chat.setAttributes(message.attributes)
      break
    case 'events':
      chat.track(message.events)
      break
    case 'consent':
      chat.consent(message.isGranted, message.words)
      break
    case 'preview':
      // Only the console, which is of our own origin, may show what is not saved.
      if (origin !== location.origin) break
      chat.preview(message.config)
      void dress(message.config)
      break
  }
})

chat.onIncoming = (message) =>
  host.tell({
    type: 'message',
    conversationId: message.conversation_id,
    author: message.author.name,
    preview: message.body.slice(0, 200),
  })

chat.store.listen((state, previous) => {
  const count = unread(state)
  if (count !== unread(previous)) host.tell({ type: 'unread', count })
  if (state.notice !== previous.notice && state.notice?.kind === 'identity') host.tell({ type: 'identity' })
})

// Opened by itself, as a link in an e-mail may do: the page is its own host.
if (window.parent === window) {
  void begin({
    rapport: 1,
    type: 'init',
    settings: { key },
    config: null,
    pageUrl: '',
    isPhone: innerWidth <= 480,
  }).then(() => {
    firstView()
    chat.store.dispatch({ type: 'set', values: { isOpen: true } })
  })
}
