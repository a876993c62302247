import { cleanup, render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keyCaps, type Shortcut, useKeyboard, useShortcuts } from './keys'

function Screen({ shortcuts, children }: { shortcuts: Shortcut[]; children?: React.ReactNode }) {
  useKeyboard()
  return <Keys shortcuts={shortcuts}>{children}</Keys>
}

function Keys({ shortcuts, children }: { shortcuts: Shortcut[]; children?: React.ReactNode }) {
  useShortcuts(shortcuts)
  return <div>{children}</div>
}

const shortcut = (keys: string, run: () => void): Shortcut => ({ keys, label: keys, run })

afterEach(cleanup)

describe('shortcuts', () => {
  it('run on their key', async () => {
    const reply = vi.fn()
    render(<Screen shortcuts={[shortcut('r', reply)]} />)

    await userEvent.keyboard('r')

    expect(reply).toHaveBeenCalledOnce()
  })

  it('leave letters to text fields, and combinations to nobody', async () => {
    const reply = vi.fn()
    const palette = vi.fn()
    const { getByRole } = render(
      <Screen shortcuts={[shortcut('r', reply), shortcut('mod+k', palette)]}>
        <input aria-label="Name" />
      </Screen>,
    )
    await userEvent.click(getByRole('textbox'))

    await userEvent.keyboard('r{Control>}k{/Control}')

    expect(reply).not.toHaveBeenCalled()
    expect(palette).toHaveBeenCalledOnce()
  })

  it('follow one another, as in g i', async () => {
    const inbox = vi.fn()
    const insert = vi.fn()
    render(<Screen shortcuts={[shortcut('g i', inbox), shortcut('i', insert)]} />)

    await userEvent.keyboard('gi')
    expect(inbox).toHaveBeenCalledOnce()
    expect(insert).not.toHaveBeenCalled()

    await userEvent.keyboard('i')
    expect(insert).toHaveBeenCalledOnce()
  })

  it('of the nearest screen win', async () => {
    const outer = vi.fn()
    const inner = vi.fn()
    const screen = (isOpen: boolean) => (
      <Screen shortcuts={[shortcut('e', outer)]}>{isOpen && <Keys shortcuts={[shortcut('e', inner)]} />}</Screen>
    )
    const { rerender } = render(screen(false))
    rerender(screen(true))
    await userEvent.keyboard('e')
    rerender(screen(false))
    await userEvent.keyboard('e')

    expect(inner).toHaveBeenCalledOnce()
    expect(outer).toHaveBeenCalledOnce()
  })
})

it('shows keys as keyboards do', () => {
  expect(keyCaps('mod+Enter')).toEqual(['Ctrl', '↵'])
  expect(keyCaps('g i')).toEqual(['G', 'I'])
})
