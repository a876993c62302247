import { afterEach, describe, expect, it, vi } from 'vitest'
import { reduce } from '../src/frame/state/reducer'
import { Storage } from '../src/frame/storage'
import { Launcher } from '../src/launcher/launcher'
import { make } from './make'

/** Security row 19: names from outside never reach a prototype. */
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then']
const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'

afterEach(() => {
  vi.unstubAllGlobals()
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

describe('a hostile name', () => {
  it.each(names)('%s in the address of the frame is an ordinary parameter', (name) => {
    const query = new URLSearchParams(`key=k&${name}[polluted]=1&${name}.polluted=1&${name}=1`)

    expect(query.get('key')).toBe('k')
    expect(Object.fromEntries(query)).not.toHaveProperty('polluted')
  })

  it('in what a browser kept is data', () => {
    const store = new Storage('__proto__')
    store.set('__proto__', JSON.parse(hostile))

    expect(store.get('__proto__')).toEqual(JSON.parse(hostile))
    expect(store.get('constructor')).toBeNull()
  })

  it('among the attributes of a page stays an attribute', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(make.config()), { status: 200 }))
    const launcher = new Launcher('https://support.example', { key: 'k' })

    launcher.setAttributes(JSON.parse(hostile))
    launcher.destroy()
  })

  it.each(names)('%s as the id of a conversation is one of its own', (id) => {
    const seen = reduce(make.state(), { type: 'event', conversation: make.conversation({ id, preview: 'hi' }) })
    const loaded = reduce(seen, { type: 'thread-loading', id })
    const typed = reduce(loaded, { type: 'typing', id, typist: { name: 'Maya', kind: 'agent' } as never })

    for (const kept of [typed.conversations, typed.threads, typed.typing]) {
      expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
      expect(Object.keys(kept)).toEqual([id])
    }
  })
})
