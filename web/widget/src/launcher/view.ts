import { colours } from './colour'
import { style } from './style'
import { textsFor } from './texts'

const namespace = 'http://www.w3.org/2000/svg'

function icon(name: string, path: string): SVGElement {
  const svg = document.createElementNS(namespace, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', name)
  svg.setAttribute('aria-hidden', 'true')
  const shape = document.createElementNS(namespace, 'path')
  shape.setAttribute('d', path)
  svg.append(shape)
  return svg
}

/** What stands on the page: a button with a badge and, once wanted, the iframe. */
export class View {
  readonly button = document.createElement('button')
  iframe: HTMLIFrameElement | null = null
  private readonly host = document.createElement('rapport-chat')
  private readonly box = document.createElement('div')
  private readonly badge = document.createElement('b')
  private words = textsFor('en')
  private unread = 0
  private isOpen = false

  constructor() {
    const root = this.host.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    root.adoptedStyleSheets = [sheet]
    this.button.type = 'button'
    this.button.append(
      icon('m', 'M21 11.5a8.4 8.4 0 0 1-12 7.6L3.5 20.5 5 15.4A8.4 8.4 0 1 1 21 11.5Z'),
      icon('x', 'm6 9 6 6 6-6'),
      this.badge,
    )
    this.badge.setAttribute('aria-hidden', 'true')
    this.box.className = 'wait'
    this.box.append(this.button)
    root.append(this.box)
  }

  /** Put it on the page, looking as the inbox says. */
  show(look: { color: string; position: string; theme: string; locale: string }): void {
    const [fill, on] = colours(look.color)
    const isDark =
      look.theme === 'dark' || (look.theme !== 'light' && matchMedia('(prefers-color-scheme:dark)').matches)
    this.words = textsFor(look.locale)
    this.host.style.setProperty('--c', fill)
    this.host.style.setProperty('--o', on)
    this.host.style.setProperty('--s', isDark ? '#16191f' : '#fff')
    this.box.classList.toggle('left', look.position === 'left')
    this.box.classList.remove('wait')
    this.attach()
    this.label()
  }

  /** Load the frame, hidden until opened. */
  load(url: string): void {
    if (this.iframe) return
    this.iframe = document.createElement('iframe')
    this.iframe.src = url
    this.iframe.allow = 'clipboard-write'
    this.box.prepend(this.iframe)
    this.attach()
    this.label()
  }

  /** Let go of a frame that does not come. */
  unload(): void {
    this.iframe?.remove()
    this.iframe = null
  }

  /** Whether the person is in the frame. */
  get hasFocus(): boolean {
    return this.iframe !== null && this.host.shadowRoot?.activeElement === this.iframe
  }

  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen
    this.box.classList.toggle('open', isOpen)
    this.label()
  }

  setUnread(count: number): void {
    this.unread = count
    this.label()
  }

  remove(): void {
    this.host.remove()
  }

  private attach(): void {
    if (!this.host.isConnected) document.body.append(this.host)
  }

  private label(): void {
    const [open, close, unread] = this.words
    const count = this.isOpen ? 0 : this.unread
    this.badge.textContent = count ? (count > 9 ? '9+' : String(count)) : ''
    this.button.setAttribute('aria-label', this.isOpen ? close : count ? `${open} (${count} ${unread})` : open)
    this.button.setAttribute('aria-expanded', String(this.isOpen))
    if (this.iframe) this.iframe.title = open.replace(/^(Open|فتح) /, '').replace(/ öffnen$/, '')
  }
}
