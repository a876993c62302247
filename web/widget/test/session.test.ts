import { beforeEach, describe, expect, it } from 'vitest'
import type { Api, SessionRequest } from '../src/frame/api'
import { Problem } from '../src/frame/problem'
import { VisitorSession } from '../src/frame/session'
import { Store } from '../src/frame/state/store'
import { Storage } from '../src/frame/storage'
import { make } from './make'

/** A server that knows one token and one proof of identity. */
class FakeApi {
  token: string | null = null
  asked: SessionRequest[] = []
  told: unknown[] = []
  isReachable = true

  async session(request: SessionRequest) {
    this.asked.push(request)
    if (!this.isReachable) throw new Problem(0, 'Unreachable', '')
    if (request.identity === 'forged') throw new Problem(401, 'identity_refused', '')
    if (request.token === 'ended') throw new Problem(401, 'visitor_unknown', '')
    const visitor = { id: 'v', name: null, email: null, verified: request.identity !== null }
    return { token: request.token ?? 'fresh', visitor, conversations: [], cursor: '1-1' }
  }

  async update(profile: unknown) {
    this.told.push(profile)
  }

  async signOut() {}
}

let api: FakeApi
let storage: Storage
let store: Store
let session: VisitorSession

beforeEach(() => {
  api = new FakeApi()
  storage = new Storage('k', null)
  store = new Store()
  session = new VisitorSession('k', api as unknown as Api, storage, store, () => undefined)
})

describe('the session', () => {
  it('is asked for once, however many want it at the same time', async () => {
    await Promise.all([session.ensure(), session.ensure(), session.ensure()])
    expect(api.asked).toHaveLength(1)
    expect(storage.get('token')).toBe('fresh')
  })

  it('comes back with the token of the last visit', async () => {
    storage.set('token', 'known')
    await session.ensure()
    expect(api.asked[0]?.token).toBe('known')
    expect(store.state.session).toBe('ready')
  })

  it('begins anew when that token opens nothing any more', async () => {
    storage.set('token', 'ended')
    await session.ensure()
    expect(api.asked.map((request) => request.token)).toEqual(['ended', null])
    expect(storage.get('token')).toBe('fresh')
  })

  it('tries again after the server was away', async () => {
    api.isReachable = false
    await expect(session.ensure()).rejects.toMatchObject({ isPassing: true })
    api.isReachable = true
    await session.ensure()
    expect(api.token).toBe('fresh')
  })

  it('does not ask at all where proof is required and there is none', async () => {
    store.dispatch({ type: 'config', config: make.config({ require_identity: true }) })
    await expect(session.ensure()).rejects.toMatchObject({ code: 'identity_required' })
    expect(api.asked).toEqual([])
    session.identity = 'signed'
    await session.ensure()
    expect(store.state.visitor?.verified).toBe(true)
  })

  it('lets go of a proof that was refused and keeps the browser’s own session', async () => {
    storage.set('token', 'known')
    session.identity = 'forged'
    await expect(session.ensure()).rejects.toMatchObject({ code: 'identity_refused' })
    await session.ensure()
    expect(api.asked.at(-1)).toMatchObject({ token: 'known', identity: null })
  })

  it('keeps what the visitor says of themselves until it can be told, and tells it once', async () => {
    session.describe({ name: 'Ada', attributes: { plan: 'pro' } })
    session.describe({ attributes: { seats: 3 } })
    expect(api.told).toEqual([])
    await session.ensure()
    expect(api.told).toEqual([{ name: 'Ada', attributes: { plan: 'pro', seats: 3 } }])
    session.drop()
    await session.ensure()
    expect(api.told).toHaveLength(1)
  })

  it('leaves nothing behind when it ends', async () => {
    session.describe({ name: 'Ada' })
    await session.ensure()
    await session.end()
    expect([storage.get('token'), storage.get('profile'), api.token]).toEqual([null, null, null])
    expect(session.isKnown).toBe(false)
  })
})
