import { beforeEach, describe, expect, it } from 'vitest'
import type { Api } from '../src/frame/api'
import { Problem } from '../src/frame/problem'
import { Store } from '../src/frame/state/store'
import { Threads } from '../src/frame/threads'
import { make } from './make'

/** A server with one conversation, of which seq 3 is a note that visitors do not see. */
class FakeApi {
  stored: number[] = [1, 2, 4]
  asked: object[] = []
  seenSeq = 0
  isReachable = true
  pageSize = 2

  async messages(_: string, range: { before_seq?: number; after_seq?: number }) {
    this.asked.push(range)
    if (!this.isReachable) throw new Problem(0, 'Unreachable', '')
    const { before_seq = Number.POSITIVE_INFINITY, after_seq = 0 } = range
    const found = this.stored.filter((seq) => seq > after_seq && seq < before_seq)
    const page = range.after_seq === undefined ? found.slice(-this.pageSize) : found.slice(0, this.pageSize)
    const items = page.map((seq) => make.message(seq))
    return { items, next: found.length > this.pageSize ? 'more' : null }
  }

  async conversations() {
    return { items: [make.conversation({ last_seq: this.stored.at(-1) ?? 0 })], next: null }
  }

  async seen(_: string, seq: number) {
    this.seenSeq = seq
  }
}

let api: FakeApi
let store: Store
let threads: Threads
const shown = (): number[] | undefined => store.state.threads.c1?.messages.map((message) => message.seq)
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

beforeEach(() => {
  api = new FakeApi()
  store = new Store()
  threads = new Threads(api as unknown as Api, store)
  store.dispatch({ type: 'conversations', conversations: [make.conversation({ last_seq: 4, seen_seq: 1 })] })
})

describe('a thread', () => {
  it('is fetched once, newest first, and further back when asked', async () => {
    await threads.open('c1')
    await threads.open('c1')
    expect(shown()).toEqual([2, 4])
    expect(store.state.threads.c1?.hasEarlier).toBe(true)
    await threads.loadEarlier('c1')
    expect(shown()).toEqual([1, 2, 4])
    expect(store.state.threads.c1?.hasEarlier).toBe(false)
    expect(api.asked).toEqual([{}, { before_seq: 2 }])
  })

  it('of a conversation that is not begun yet is not fetched', async () => {
    await threads.open('new:1')
    expect(api.asked).toEqual([])
  })

  it('shows a message beyond a gap at once and fetches what lies between', async () => {
    await threads.open('c1')
    api.stored.push(5, 6, 7, 8)
    threads.apply(undefined, make.message(8))
    expect(shown()).toEqual([2, 4, 8])
    await settled()
    expect(shown()).toEqual([2, 4, 5, 6, 7, 8])
  })

  it('says when it could not be fetched, and can be asked for again', async () => {
    api.isReachable = false
    await threads.open('c1')
    expect(store.state.threads.c1).toMatchObject({ hasFailed: true, isLoaded: false })
    api.isReachable = true
    await threads.open('c1')
    expect(shown()).toEqual([2, 4])
  })

  it('catches up after too much was missed', async () => {
    await threads.open('c1')
    api.stored.push(5, 6, 7)
    await threads.refetch()
    expect(shown()).toEqual([2, 4, 5, 6, 7])
    expect(store.state.conversations.c1?.last_seq).toBe(7)
  })

  it('fetches what is missing when catching up had failed', async () => {
    await threads.open('c1')
    api.stored.push(5)
    api.isReachable = false
    threads.apply(undefined, make.message(7))
    await settled()
    expect(store.state.threads.c1?.hasFailed).toBe(true)
    api.isReachable = true
    api.stored.push(7, 8)
    await threads.open('c1')
    expect(shown()).toEqual([2, 4, 5, 7, 8])
    expect(store.state.threads.c1?.hasFailed).toBe(false)
  })

  it('tells the server how far it was read, once', async () => {
    expect(threads.saw('c1')).toBe(4)
    expect(threads.saw('c1')).toBeNull()
    expect(api.seenSeq).toBe(4)
  })
})
