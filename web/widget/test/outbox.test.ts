import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outbox } from '../src/frame/outbox'
import { Problem, unreachable } from '../src/frame/problem'
import { Storage } from '../src/frame/storage'
import type { Id, Pending } from '../src/frame/types'
import { make } from './make'

/** A server that knows messages by client id, and a lock that one tab holds at a time. */
class World {
  readonly stored: string[] = []
  readonly storage = new Storage('k', sharedStore())
  isReachable = true
  /** Answers that get lost after the server has stored the message. */
  lostAnswers = 0
  refused = new Set<string>()
  begun: [Id, Id][] = []
  troubles: Problem[] = []
  timers: (() => void)[] = []
  private lock: Promise<void> = Promise.resolve()

  tab(): Outbox {
    return new Outbox({
      storage: this.storage,
      deliver: (message) => this.receive(message),
      alone: (work) => {
        this.lock = this.lock.then(work)
        return this.lock
      },
      onChange: () => undefined,
      onBegun: (local, id) => this.begun.push([local, id]),
      onTrouble: (problem) => this.troubles.push(problem),
      after: (_, run) => {
        this.timers.push(run)
        return () => undefined
      },
    })
  }

  private async receive(message: Pending): Promise<Id> {
    await Promise.resolve()
    if (!this.isReachable) throw unreachable()
    if (this.refused.has(message.client_id)) throw new Problem(422, 'Refused', 'No.')
    if (!this.stored.includes(message.client_id)) this.stored.push(message.client_id)
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1
      throw unreachable()
    }
    return message.conversation_id.startsWith('new:') ? 'c9' : message.conversation_id
  }
}

function sharedStore(): globalThis.Storage {
  const values = new Map<string, string>()
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  } as globalThis.Storage
}

describe('the outbox', () => {
  it('sends what was written offline exactly once and in order, from however many tabs', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), tab: fc.nat(2) }),
      fc.record({ kind: fc.constant('flush' as const), tab: fc.nat(2) }),
      fc.record({ kind: fc.constant('offline' as const), tab: fc.constant(0) }),
      fc.record({ kind: fc.constant('online' as const), tab: fc.constant(0) }),
      fc.record({ kind: fc.constant('lose' as const), tab: fc.constant(0) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
        const world = new World()
        const tabs = [world.tab(), world.tab(), world.tab()]
        const written: string[] = []
        const perform = {
          write: (tab: number) => {
            written.push(String(written.length))
            tabs[tab]?.add(make.pending(String(written.length - 1)))
          },
          flush: (tab: number) => tabs[tab]?.flush(),
          offline: () => {
            world.isReachable = false
          },
          online: () => {
            world.isReachable = true
          },
          lose: () => {
            world.lostAnswers += 1
          },
        }
        for (const { kind, tab } of acts) await perform[kind](tab)
        world.isReachable = true
        world.lostAnswers = 0
        await tabs[0]?.flush()
        await tabs[1]?.flush()
        expect(world.stored).toEqual(written)
        expect(tabs[2]?.messages).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('outlives the page', async () => {
    const world = new World()
    world.isReachable = false
    world.tab().add(make.pending('a'))
    await world.tab().flush()
    world.isReachable = true
    await world.tab().flush()
    expect(world.stored).toEqual(['a'])
  })

  it('gives the messages after a beginning its real conversation', async () => {
    const world = new World()
    world.isReachable = false
    const outbox = world.tab()
    outbox.add(make.pending('a', { conversation_id: 'new:1' }))
    outbox.add(make.pending('b', { conversation_id: 'new:1' }))
    await outbox.flush()
    world.isReachable = true
    await outbox.flush()
    expect(world.stored).toEqual(['a', 'b'])
    expect(world.begun).toEqual([['new:1', 'c9']])
  })

  it('keeps a refused message with its reason, sends the others, and tries again when told', async () => {
    const world = new World()
    world.refused.add('a')
    const outbox = world.tab()
    outbox.add(make.pending('a'))
    outbox.add(make.pending('b'))
    await outbox.flush()
    expect(world.stored).toEqual(['b'])
    expect(outbox.messages).toMatchObject([{ client_id: 'a', refusal: 'No.' }])
    world.refused.clear()
    outbox.retry('a')
    await outbox.flush()
    expect(world.stored).toEqual(['b', 'a'])
  })

  it('does not begin two conversations when the first beginning is refused', async () => {
    const world = new World()
    world.refused.add('a')
    const outbox = world.tab()
    outbox.add(make.pending('a', { conversation_id: 'new:1' }))
    outbox.add(make.pending('b', { conversation_id: 'new:1' }))
    await outbox.flush()
    expect(world.stored).toEqual([])
    outbox.remove('a')
    await outbox.flush()
    expect(world.stored).toEqual(['b'])
  })

  it('comes back by itself when the server was away', async () => {
    const world = new World()
    world.isReachable = false
    const outbox = world.tab()
    outbox.add(make.pending('a'))
    await outbox.flush()
    expect(world.troubles[0]?.status).toBe(0)
    world.isReachable = true
    for (const run of world.timers) run()
    await outbox.flush()
    expect(world.stored).toEqual(['a'])
  })
})

describe('storage', () => {
  it('is this page only where the browser forbids more', () => {
    const storage = new Storage('k', null)
    storage.set('a', { b: 1 })
    expect(storage.get('a')).toEqual({ b: 1 })
    storage.set('a', null)
    expect(storage.get('a')).toBeNull()
  })

  it('survives nonsense', () => {
    const store = sharedStore()
    store.setItem('rapport:k:a', '{')
    expect(new Storage('k', store).get('a')).toBeNull()
  })
})
