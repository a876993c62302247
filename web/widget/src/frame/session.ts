import type { Attributes } from '../protocol'
import type { Api } from './api'
import { Problem } from './problem'
import type { Store } from './state/store'
import type { Storage } from './storage'
import type { Session } from './types'

/** What a visitor or their page says about them. */
export interface Profile {
  name?: string
  email?: string
  attributes?: Attributes
}

/** Who the visitor is to the server: none at first, then a token that this browser keeps. */
export class VisitorSession {
  /** A token by which the page's own server vouches for the visitor. */
  identity: string | null = null
  pageUrl = ''
  private starting: Promise<void> | null = null
  private profile: Profile

  constructor(
    private readonly key: string,
    private readonly api: Api,
    private readonly storage: Storage,
    private readonly store: Store,
    private readonly onStart: (session: Session, isNew: boolean) => void,
  ) {
    this.profile = storage.get<Profile>('profile') ?? {}
  }

  get storedToken(): string | null {
    return this.storage.get<string>('token')
  }

  /** Whether there was a session in this browser before, or should be one without a word from the visitor. */
  get isKnown(): boolean {
    return this.storedToken !== null || this.identity !== null
  }

  /** Have a session; starts one when there is none. Rejects with a `Problem`. */
  ensure(): Promise<void> {
    if (this.api.token) return Promise.resolve()
    this.starting ??= this.start().finally(() => {
      this.starting = null
    })
    return this.starting
  }

  /** Ask the server anew who this is, the next time a session is needed. */
  drop(): void {
    this.api.token = null
    this.starting = null
  }

  /** End the session here and at the server, and forget the visitor. */
  async end(): Promise<void> {
    if (this.api.token) await this.api.signOut().catch(() => undefined)
    this.drop()
    this.identity = null
    this.profile = {}
    for (const name of ['token', 'profile', 'introduced']) this.storage.set(name, null)
  }

  /** Keep what the visitor says about themselves, and tell it once there is a session. */
  describe(change: Profile): void {
    const attributes = { ...this.profile.attributes, ...change.attributes }
    this.profile = { ...this.profile, ...change, ...(Object.keys(attributes).length ? { attributes } : {}) }
    this.storage.set('profile', this.profile)
    if (this.api.token) void this.tellProfile()
  }

  private async start(): Promise<void> {
    const { config } = this.store.state
    const token = this.storedToken
    if (config?.require_identity && !this.isKnown) throw new Problem(401, 'identity_required', '')
    this.store.dispatch({ type: 'set', values: { session: 'starting' } })
    try {
      const session = await this.open(config?.locale || 'en', token)
      this.api.token = session.token
      this.storage.set('token', session.token)
      this.store.dispatch({ type: 'session', visitor: session.visitor, conversations: session.conversations })
      this.onStart(session, session.token !== token)
    } catch (error) {
      this.store.dispatch({ type: 'set', values: { session: 'refused' } })
      throw error
    }
    await this.tellProfile()
  }

  private async open(locale: string, token: string | null): Promise<Session> {
    const request = { key: this.key, identity: this.identity, locale: locale.slice(0, 35), page_url: this.pageUrl }
    try {
      return await this.api.session({ ...request, token })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      // Proof that was refused stays refused: without it the visitor may still write as a stranger.
      if (error.code === 'identity_refused') this.identity = null
      // A token from another life (erased, expired): begin anew rather than never.
      if (token === null || error.code !== 'visitor_unknown') throw error
      return this.api.session({ ...request, token: null })
    }
  }

  private async tellProfile(): Promise<void> {
    if (!Object.keys(this.profile).length) return
    try {
      await this.api.update(this.profile)
    } catch (error) {
      // What the server refuses for good would be refused again at each visit.
      if (!(error instanceof Problem) || error.isPassing) return
    }
    this.profile = {}
    this.storage.set('profile', null)
  }
}
