import { describe, expect, it } from 'vitest'
import { alone, type TabMessage, Tabs } from '../src/frame/tabs'

const heardBy = (key: string) => {
  let resolve: (message: TabMessage) => void
  const heard = new Promise<TabMessage>((done) => {
    resolve = done
  })
  return { tabs: new Tabs(key, (message) => resolve(message)), heard }
}

describe('tabs', () => {
  it('tell each other what happened, and nobody of another inbox', async () => {
    const here = heardBy('one')
    const there = heardBy('one')
    const elsewhere = new Tabs('two', () => expect.unreachable())
    here.tabs.tell({ type: 'seen', id: 'c1', seq: 4 })
    expect(await there.heard).toEqual({ type: 'seen', id: 'c1', seq: 4 })
    for (const tabs of [here.tabs, there.tabs, elsewhere]) tabs.close()
  })

  it('work alone where the browser has no locks', async () => {
    let isDone = false
    await alone('x', async () => {
      isDone = true
    })
    expect(isDone).toBe(true)
  })
})
