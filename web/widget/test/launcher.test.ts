import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Launcher } from '../src/launcher/launcher'
import { make } from './make'

const origin = 'https://support.example'

// There is no network to load a frame from: a stand-in takes the frame's place.
const create = document.createElement.bind(document)
vi.spyOn(document, 'createElement').mockImplementation((name: string) =>
  create(name === 'iframe' ? 'frame-here' : name),
)

/** What the launcher said to its frame, and a way to speak as anyone. */
async function start() {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(make.config()), { status: 200 }))
  const launcher = new Launcher(origin, { key: 'k' })
  await launcher.start()
  launcher.open()
  const root = document.querySelector('rapport-chat')?.shadowRoot
  const frame = root?.querySelector<HTMLIFrameElement>('frame-here')
  if (!root || !frame) throw new Error('nothing was drawn')
  const said: { type: string; target: string }[] = []
  const inside = { postMessage: (data: { type: string }, target: string) => said.push({ type: data.type, target }) }
  Object.defineProperty(frame, 'contentWindow', { value: inside })
  const speak = (data: object, from: { origin?: string; source?: unknown } = {}): void => {
    const event = new Event('message')
    Object.assign(event, { data: { rapport: 1, ...data }, origin, source: inside, ...from })
    dispatchEvent(event)
  }
  return { launcher, root, frame, said, speak }
}

beforeEach(() => {
  for (const element of document.querySelectorAll('rapport-chat')) element.remove()
})

describe('the launcher', () => {
  it('draws one button without a style attribute that a strict policy would forbid', async () => {
    const { root, frame } = await start()
    expect(root.querySelectorAll('button')).toHaveLength(1)
    expect(root.innerHTML).not.toContain('style=')
    expect(frame.src).toBe(`${origin}/widget/frame?key=k`)
  })

  it('tells the frame what happened before it was there, to our origin only', async () => {
    const { launcher, said, speak } = await start()
    launcher.identify('jwt')
    expect(said).toEqual([])
    speak({ type: 'loaded' })
    expect(said.map((m) => m.type)).toEqual(['init', 'opened', 'identify'])
    expect(new Set(said.map((m) => m.target))).toEqual(new Set([origin]))
    launcher.destroy()
  })

  it('shows nothing while the server is away, and takes the looks from the frame where it may not fetch them', async () => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('blocked')))
    const launcher = new Launcher(origin, { key: 'k' })
    await launcher.start()
    const box = document.querySelector('rapport-chat')?.shadowRoot?.querySelector('div')
    expect(box?.className).toBe('wait')
    const first = box?.querySelector('frame-here')
    await vi.advanceTimersByTimeAsync(31_000)
    const second = box?.querySelector('frame-here')
    expect(second).not.toBe(first)

    const inside = { postMessage: () => undefined }
    Object.defineProperty(second, 'contentWindow', { value: inside })
    const ready = { rapport: 1, type: 'ready', config: make.config({ position: 'left' }) }
    dispatchEvent(Object.assign(new Event('message'), { data: ready, origin, source: inside }))
    expect(box?.className).toBe('left')
    vi.useRealTimers()
    launcher.destroy()
  })

  it('listens to its frame alone', async () => {
    const { launcher, speak } = await start()
    const onUnread = vi.fn()
    launcher.on('unread', onUnread)
    speak({ type: 'unread', count: 3 }, { origin: 'https://evil.example' })
    speak({ type: 'unread', count: 3 }, { source: window })
    expect(onUnread).not.toHaveBeenCalled()
    speak({ type: 'unread', count: 3 })
    expect(onUnread).toHaveBeenCalledWith(3)
    launcher.destroy()
  })

  it('shows the badge while closed and says the number', async () => {
    const { launcher, root, speak } = await start()
    speak({ type: 'unread', count: 12 })
    expect(root.querySelector('b')?.textContent).toBe('')
    speak({ type: 'close' })
    expect(root.querySelector('b')?.textContent).toBe('9+')
    expect(root.querySelector('button')?.getAttribute('aria-label')).toBe('Open chat (12 unread)')
    launcher.destroy()
  })

  it('lets nothing the visitor does leave the page before they allow it', async () => {
    const { launcher, said, speak } = await start()
    speak({ type: 'loaded' })
    launcher.track('Paid', { sum: 3 })
    launcher.page('Prices')
    expect(said.map((m) => m.type)).not.toContain('events')
    launcher.consent(true, 'May we?')
    launcher.track('Left')
    expect(said.map((m) => m.type).slice(-3)).toEqual(['consent', 'events', 'events'])
    launcher.consent(false)
    launcher.track('Unseen')
    expect(said.at(-1)?.type).toBe('consent')
    launcher.destroy()
  })

  it('takes traits for a claim and a token for a proof', async () => {
    const { launcher, said, speak } = await start()
    speak({ type: 'loaded' })
    launcher.identify({ plan: 'gold' })
    launcher.identify('jwt')
    expect(said.map((m) => m.type).slice(-2)).toEqual(['attributes', 'identify'])
    launcher.destroy()
  })

  it('goes on when a listener of the page fails, and leaves nothing behind when destroyed', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const { launcher, speak } = await start()
    const onClose = vi.fn()
    launcher.on('close', () => {
      throw new Error('theirs')
    })
    launcher.on('close', onClose)
    speak({ type: 'close' })
    expect(onClose).toHaveBeenCalledOnce()
    expect(reported).toHaveBeenCalledOnce()
    launcher.destroy()
    expect(document.querySelector('rapport-chat')).toBeNull()
  })
})
