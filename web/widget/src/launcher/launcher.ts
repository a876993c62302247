import {
  type Attributes,
  type Config,
  isOurs,
  type PageEvent,
  type PageSettings,
  type ToFrame,
  type ToPage,
} from '../protocol'
import { View } from './view'

/** `identity`: the chat wants proof of who the visitor is, or the proof it has was refused; call `identify` again. */
export type EventName = 'ready' | 'open' | 'close' | 'message' | 'unread' | 'identity'
type Listener = (detail?: unknown) => void

const retryMs = 30_000
const mostHeld = 50
const phone = '(max-width:480px),(max-height:480px)'

/** The page's side of the widget, and what `window.Rapport` offers to the page. */
export class Launcher {
  private readonly view = new View()
  private readonly listeners = new Map<string, Set<Listener>>()
  private readonly stop = new AbortController()
  private readonly waiting: ToFrame[] = []
  private readonly held: PageEvent[] = []
  /** Whether the visitor lets us keep what they do; null until the page says so. */
  private allows: boolean | null = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl ? false : null
  private config: Config | null = null
  private isOpen = false
  private isLoaded = false
  private isReady = false

  constructor(
    private readonly origin: string,
    private readonly settings: PageSettings,
  ) {
    const { signal } = this.stop
    addEventListener('message', (event) => this.hear(event), { signal })
    this.view.button.addEventListener('click', () => this.toggle(), { signal })
    this.view.button.addEventListener('pointerenter', () => this.preload(), { signal })
    matchMedia(phone).addEventListener('change', () => this.say({ rapport: 1, type: 'layout', isPhone: isPhone() }), {
      signal,
    })
  }

  /**
   * Fetch the looks and draw the button. Where the page's policy forbids the fetch, the frame brings them; where the
   * server is away there is no button, and another attempt later.
   */
  async start(): Promise<void> {
    try {
      const response = await fetch(`${this.origin}/widget/v1/config?key=${encodeURIComponent(this.settings.key)}`)
      if (response.status === 404 || response.status === 403) return
      if (response.ok) this.config = (await response.json()) as Config
    } catch {
      // Either case: the frame will tell.
    }
    if (this.stop.signal.aborted) return
    if (!this.config) {
      this.preload()
      setTimeout(() => this.retry(), retryMs)
      return
    }
    this.show(this.config)
    const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 800))
    idle(() => this.preload(), { timeout: 4_000 })
  }

  open(): void {
    if (this.isOpen) return
    this.isOpen = true
    this.preload()
    this.view.setOpen(true)
    // Focus follows a person's act, never a script's whim.
    const focus = navigator.userActivation?.isActive ?? true
    if (focus) this.view.iframe?.focus()
    this.say({ rapport: 1, type: 'opened', focus, pageUrl: pageUrl() })
    this.emit('open')
  }

  close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    const { hasFocus } = this.view
    this.view.setOpen(false)
    if (hasFocus) this.view.button.focus({ preventScroll: true })
    this.say({ rapport: 1, type: 'closed' })
    this.emit('close')
  }

  toggle(): void {
    if (this.isOpen) this.close()
    else this.open()
  }

  /** Say who the visitor is with a token signed by your server; null signs out. Traits alone are only a claim. */
  identify(who: string | Attributes | null): void {
    if (who && typeof who === 'object') this.setAttributes(who)
    else this.say({ rapport: 1, type: 'identify', jwt: who })
  }

  /** Tell that the visitor did something. Nothing leaves the page before `consent(true)`. */
  track(name: string, properties: Attributes = {}): void {
    this.note('track', name, properties)
  }

  /** Tell that the visitor looks at this page. See `track`. */
  page(name = document.title): void {
    this.note('page', name, {})
  }

  /** Say whether the visitor lets us keep what they do, and what they were shown when they decided. */
  consent(isGranted: boolean, words = ''): void {
    this.allows = isGranted
    const events = this.held.splice(0)
    this.preload()
    this.say({ rapport: 1, type: 'consent', isGranted, words })
    if (isGranted && events.length) this.say({ rapport: 1, type: 'events', events })
  }

  setAttributes(attributes: Attributes): void {
    this.say({ rapport: 1, type: 'attributes', attributes: { ...attributes } })
  }

  on(event: EventName, listener: Listener): void {
    const known = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, known.add(listener))
    if (event === 'ready' && this.isReady) listener()
  }

  off(event: EventName, listener: Listener): void {
    this.listeners.get(event)?.delete(listener)
  }

  destroy(): void {
    this.stop.abort()
    this.view.remove()
    this.listeners.clear()
  }

  private note(kind: PageEvent['kind'], name: string, properties: Attributes): void {
    if (this.allows === false) return
    const at = new Date().toISOString()
    const id = at + Math.random()
    const event = { id, kind, name: String(name).slice(0, 200), properties: { ...properties }, url: pageUrl(), at }
    if (this.allows) this.say({ rapport: 1, type: 'events', events: [event] })
    else if (this.held.length < mostHeld) this.held.push(event)
  }

  private show(config: Config): void {
    this.view.show({
      color: config.color,
      position: this.settings.position ?? config.position,
      theme: this.settings.theme ?? config.theme,
      locale: this.settings.locale ?? config.locale,
    })
  }

  private preload(): void {
    if (this.stop.signal.aborted) return
    this.view.load(`${this.origin}/widget/frame?key=${encodeURIComponent(this.settings.key)}`)
  }

  private retry(): void {
    if (this.isReady || this.stop.signal.aborted) return
    this.isLoaded = false
    this.view.unload()
    void this.start()
  }

  private say(message: ToFrame): void {
    const frame = this.view.iframe?.contentWindow
    if (this.isLoaded && frame) frame.postMessage(message, this.origin)
    else if (message.type !== 'closed') this.waiting.push(message)
  }

  private hear(event: MessageEvent): void {
    const frame = this.view.iframe?.contentWindow
    if (!frame || event.source !== frame || event.origin !== this.origin || !isOurs(event.data)) return
    const message = event.data as ToPage
    if (message.type === 'loaded') this.loaded()
    else if (message.type === 'ready') this.ready(message.config)
    else if (message.type === 'close') this.close()
    else if (message.type === 'identity') this.emit('identity')
    else if (message.type === 'unread') {
      this.view.setUnread(message.count)
      this.emit('unread', message.count)
    } else if (message.type === 'message') {
      const { conversationId, author, preview } = message
      this.emit('message', { conversationId, author, preview })
    }
  }

  private loaded(): void {
    this.isLoaded = true
    const { settings, config } = this
    this.say({ rapport: 1, type: 'init', settings, config, pageUrl: pageUrl(), isPhone: isPhone() })
    for (const message of this.waiting.splice(0)) {
      if (message.type !== 'opened' || this.isOpen) this.say(message)
    }
  }

  private ready(config: Config): void {
    this.config ??= config
    this.show(this.config)
    if (this.isReady) return
    this.isReady = true
    this.emit('ready')
  }

  private emit(event: EventName, detail?: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) {
      try {
        listener(detail)
      } catch (error) {
        // A page's faulty listener is the page's to hear of, and no reason for us to stop.
        reportError(error)
      }
    }
  }
}

function isPhone(): boolean {
  return matchMedia(phone).matches
}

/** Where the visitor is. Without query and fragment, in which pages keep secrets. */
function pageUrl(): string {
  return (location.origin + location.pathname).slice(0, 1_000)
}
