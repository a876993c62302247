import { act, renderHook } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { deviceOf } from './device'
import { keyFor } from './pre-chat'
import { isInboxTab } from './tabs'
import { useDraft } from './use-draft'

const field = (key: string) => ({ key, label: key, type: 'text' as const, required: false })

describe('a draft', () => {
  const saved = { name: 'Shop', origins: ['https://a.example'] }

  it('holds only what differs from what is saved', () => {
    const { result } = renderHook(() => useDraft(saved))
    act(() => result.current.set({ name: 'Store' }))
    expect(result.current.value.name).toBe('Store')
    expect(result.current.changes).toEqual({ name: 'Store' })
    act(() => result.current.set({ name: 'Shop', origins: ['https://a.example'] }))
    expect(result.current.isDirty).toBe(false)
  })

  it('keeps what is being written while the server’s answer changes the rest', () => {
    const { result, rerender } = renderHook((value) => useDraft(value), { initialProps: saved })
    act(() => result.current.set({ name: 'Store' }))
    rerender({ name: 'Shop', origins: [] })
    expect(result.current.value).toEqual({ name: 'Store', origins: [] })
  })

  it('is as saved after discarding', () => {
    const { result } = renderHook(() => useDraft(saved))
    act(() => result.current.set({ name: 'Store' }))
    act(() => result.current.discard())
    expect(result.current.value).toEqual(saved)
  })
})

describe('a new question', () => {
  it('asks for the name, then the e-mail, then something else', () => {
    expect(keyFor([])).toBe('name')
    expect(keyFor([field('name')])).toBe('email')
    expect(keyFor([field('email'), field('name'), field('question_1')])).toBe('question_2')
  })
})

describe('a signed-in device', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      'Chrome, Linux',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1', 'Safari, iOS'],
  ])('%s is known as %s', (userAgent, name) => expect(deviceOf(userAgent)).toBe(name))

  it('is unknown when it says nothing', () => expect(deviceOf('curl/8')).toBeNull())
})

it('takes no other part of an inbox than there is', () => {
  expect(isInboxTab('install')).toBe(true)
  expect(isInboxTab('constructor')).toBe(false)
})
