import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { language } from '../src/frame/i18n'
import { TypingSignal } from '../src/frame/typing'
import { Composer } from '../src/frame/views/Composer'
import { type Scene, SceneContext } from '../src/frame/views/context'

const said = vi.fn()
const uploads = { items: [], add: vi.fn(), remove: vi.fn(), take: () => [] }
let screen: HTMLElement

const type = (text: string): void => {
  const area = screen.querySelector('textarea') as HTMLTextAreaElement
  area.value = text
  act(() => void area.dispatchEvent(new Event('input', { bubbles: true })))
}

beforeEach(() => {
  vi.useFakeTimers()
  said.mockReset()
  const signal = new TypingSignal(said)
  const chat = {
    typed: (id: string) => signal.typed(id),
    stoppedTyping: () => signal.stopped(),
    send: vi.fn(),
  }
  const scene = { chat, language: language('en', {}, {}) } as unknown as Scene
  screen = document.body.appendChild(document.createElement('div'))
  act(() =>
    render(
      <SceneContext.Provider value={scene}>
        <Composer id="c1" uploads={uploads as never} />
      </SceneContext.Provider>,
      screen,
    ),
  )
})

afterEach(() => {
  render(null, screen)
  screen.remove()
  vi.useRealTimers()
})

describe('typing', () => {
  it('ends at once when the field is emptied', () => {
    type('Hello')
    type('')

    expect(said.mock.calls).toEqual([
      ['c1', true],
      ['c1', false],
    ])
  })

  it('ends when the message is sent', () => {
    type('Hello')
    act(() => void screen.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true })))

    expect(said).toHaveBeenLastCalledWith('c1', false)
    expect(screen.querySelector('textarea')?.value).toBe('')
  })
})
