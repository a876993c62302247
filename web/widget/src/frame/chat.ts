import { browserSurroundings, Realtime, type ServerFrame, systemClock, transportsAt } from '@rapport/realtime'
import type { Attributes, Config, PageEvent, PageSettings } from '../protocol'
import { Api } from './api'
import { Outbox } from './outbox'
import { Problem } from './problem'
import { type Profile, VisitorSession } from './session'
import type { Notice, State } from './state/state'
import { Store } from './state/store'
import { Storage } from './storage'
import { alone, type TabMessage, Tabs } from './tabs'
import { Threads } from './threads'
import type { Attachment, Conversation, Id, Message, Pending } from './types'
import { isLocal } from './types'
import { TypingSignal } from './typing'

type Heard = Exclude<ServerFrame, { type: 'ready' | 'heartbeat' }>

/** Everything the widget does: the one place where state, server, other tabs and the visitor's storage meet. */
export class Chat {
  readonly store = new Store()
  readonly threads: Threads
  /** Called with each new message of the team or the assistant. */
  onIncoming: (message: Message) => void = () => undefined
  private readonly api: Api
  private readonly storage: Storage
  private readonly tabs: Tabs
  private readonly session: VisitorSession
  private readonly outbox: Outbox
  private readonly realtime: Realtime
  private readonly typingSignal: TypingSignal
  private refusals = 0
  private told: Promise<unknown> = Promise.resolve()

  constructor(
    origin: string,
    private readonly key: string,
  ) {
    this.api = new Api(origin)
    this.storage = new Storage(key)
    this.threads = new Threads(this.api, this.store)
    this.tabs = new Tabs(key, (message) => this.heardTab(message))
    this.session = new VisitorSession(key, this.api, this.storage, this.store, ({ cursor }, isNew) => {
      if (isNew) this.tabs.tell({ type: 'session' })
      this.realtime.jump(cursor)
      this.realtime.start()
    })
    this.outbox = this.makeOutbox()
    this.realtime = this.makeRealtime(origin)
    this.typingSignal = new TypingSignal((id, on) => {
      if (!this.realtime.typing(id, on) && this.api.token) void this.api.typing(id, on).catch(() => undefined)
    })
  }

  /** Begin with what the page says; a returning visitor is connected at once, a new one when they first write. */
  async start(settings: PageSettings, given: Config | null, pageUrl: string): Promise<Config> {
    this.session.pageUrl = pageUrl
    const config = { ...(given ?? (await this.api.config(this.key))) }
    config.locale = settings.locale ?? config.locale
    config.theme = settings.theme ?? config.theme
    this.store.dispatch({ type: 'config', config })
    this.store.dispatch({ type: 'outbox', messages: this.outbox.messages })
    this.set({ isIntroduced: this.storage.get<boolean>('introduced') ?? false })
    if (this.session.isKnown || this.outbox.messages.length) void this.resume()
    return config
  }

  /** The visitor opens the chat on this page now. */
  onPage(pageUrl: string): void {
    this.session.pageUrl = pageUrl
  }

  /** Show sample content with `config`: for the console's preview. Nothing is sent. */
  preview(config: Config): void {
    this.store.dispatch({ type: 'config', config })
    const view = { name: 'conversation', id: 'new:preview' } as const
    this.set({ isPreview: true, isOpen: true, isIntroduced: true, view })
  }

  /** Take a signed identity, or sign out with null. */
  async identify(jwt: string | null): Promise<void> {
    if (jwt === null) {
      this.realtime.stop()
      await this.session.end()
      this.outbox.clear()
      this.store.dispatch({ type: 'signed-out' })
      this.tabs.tell({ type: 'session' })
      return
    }
    this.session.identity = jwt
    this.set({ notice: null })
    if (this.store.state.config) await this.renew()
  }

  /** Tell the server whether the visitor lets us keep what they do on the page; a refusal of a stranger needs no word. */
  consent(isGranted: boolean, words: string): void {
    if (!isGranted && !this.session.isKnown) return
    this.inTurn(() => this.api.consent(isGranted, words))
  }

  /** Tell the server what the visitor did on the page, which they allow. What it misses is not told again. */
  track(events: PageEvent[]): void {
    this.inTurn(() => this.api.events(events))
  }

  private inTurn(tell: () => Promise<unknown>): void {
    if (this.store.state.isPreview) return
    this.told = this.told.then(() => this.session.ensure().then(tell)).catch(() => undefined)
  }

  setAttributes(attributes: Attributes): void {
    this.session.describe({ attributes })
  }

  /** Answers to the questions before the first message. */
  introduce(profile: Profile): void {
    this.storage.set('introduced', true)
    this.set({ isIntroduced: true })
    if (Object.keys(profile).length) this.session.describe(profile)
  }

  /** Write a message; it is on the screen at once, and on the server as soon as can be. */
  send(conversationId: Id, body: string, attachments: Attachment[]): void {
    if (this.store.state.isPreview) return
    this.typingSignal.stopped()
    this.outbox.add({
      client_id: crypto.randomUUID(),
      conversation_id: conversationId,
      body,
      attachments,
      page_url: this.session.pageUrl,
      created_at: new Date().toISOString(),
      refusal: null,
    })
  }

  retry(clientId: string): void {
    this.outbox.retry(clientId)
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId)
  }

  /** A key was pressed in a composer. With the first, the connection is made that the answer will come by. */
  typed(conversationId: Id): void {
    if (this.store.state.isPreview) return
    if (isLocal(conversationId)) void this.session.ensure().catch(() => undefined)
    else this.typingSignal.typed(conversationId)
  }

  /** Nothing is left of what was typed. */
  stoppedTyping(): void {
    this.typingSignal.stopped()
  }

  async upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
    await this.session.ensure()
    return this.api.upload(file, progress, signal)
  }

  /** All of a conversation has been on the screen. */
  saw(id: Id): void {
    const seq = this.threads.saw(id)
    if (seq !== null) this.tabs.tell({ type: 'seen', id, seq })
  }

  notify(notice: Notice | null): void {
    this.set({ notice })
  }

  private set(values: Partial<State>): void {
    this.store.dispatch({ type: 'set', values })
  }

  private makeOutbox(): Outbox {
    return new Outbox({
      storage: this.storage,
      deliver: (message) => this.deliver(message),
      alone: (work) => alone(this.storage.nameOf('outbox'), work),
      onChange: (messages) => {
        this.store.dispatch({ type: 'outbox', messages })
        this.tabs.tell({ type: 'outbox' })
      },
      onBegun: (local, id) => {
        this.store.dispatch({ type: 'begun', local, id })
        this.tabs.tell({ type: 'begun', local, id })
      },
      onTrouble: (problem) => this.trouble(problem),
      after: systemClock.after,
    })
  }

  private makeRealtime(origin: string): Realtime {
    const query = (): string => `token=${encodeURIComponent(this.api.token ?? '')}`
    return new Realtime({
      transports: transportsAt(origin, '/widget/v1/realtime', query),
      clock: systemClock,
      surroundings: browserSurroundings,
      onFrame: (frame) => this.heard(frame),
      onState: (connection) => {
        this.set({ connection })
        if (connection === 'live') this.connected()
        if (connection === 'refused') this.refused()
      },
    })
  }

  private async resume(): Promise<void> {
    try {
      await this.session.ensure()
      await this.outbox.flush()
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(0, 'Unexpected', '')
      this.trouble(problem)
      if (problem.isPassing) systemClock.after(5_000, () => void this.resume())
    }
  }

  /** A session under new circumstances: another identity, or a token the server no longer knows. */
  private async renew(): Promise<void> {
    this.realtime.stop()
    this.session.drop()
    await this.resume()
  }

  /** The connection was refused: our session has ended, or we may not come from here. Ask anew, ever more rarely. */
  private refused(): void {
    systemClock.after(Math.min(300_000, 1_000 * 2 ** this.refusals), () => void this.renew())
    this.refusals += 1
  }

  private connected(): void {
    this.refusals = 0
    if (this.store.state.notice?.kind === 'away') this.notify(null)
    if (this.outbox.messages.length) void this.outbox.flush()
  }

  private async deliver(message: Pending): Promise<Id> {
    await this.session.ensure()
    try {
      const id = isLocal(message.conversation_id) ? await this.begin(message) : await this.add(message)
      const kind = this.store.state.notice?.kind
      if (kind === 'away' || kind === 'busy') this.notify(null)
      return id
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.session.drop()
      throw error
    }
  }

  private async add(message: Pending): Promise<Id> {
    this.threads.apply(undefined, await this.api.send(message))
    return message.conversation_id
  }

  private async begin(pending: Pending): Promise<Id> {
    const { conversation, message } = await this.api.begin(pending)
    const { id } = conversation
    this.store.dispatch({ type: 'thread-loaded', id, messages: [], part: 'newest', hasEarlier: false })
    this.threads.apply(conversation, message)
    return id
  }

  private trouble(problem: Problem): void {
    if (problem.code === 'identity_required' || problem.code === 'identity_refused') {
      this.notify({ kind: 'identity', isRefused: problem.code === 'identity_refused' })
    } else if (problem.status === 429 || problem.status === 503) {
      this.notify({ kind: 'busy', seconds: problem.retryAfterS ?? 4 })
    } else this.notify({ kind: 'away' })
  }

  private heard(frame: Heard): void {
    switch (frame.type) {
      case 'event':
        this.heardEvent(frame.conversation as Conversation | undefined, frame.message as Message | undefined)
        break
      case 'reset':
        void this.threads.refetch()
        break
      case 'presence':
        this.set({ agentsOnline: frame.agents_online ?? this.store.state.agentsOnline })
        break
      case 'typing':
        this.heardTyping(frame)
    }
  }

  private heardEvent(conversation: Conversation | undefined, message: Message | undefined): void {
    this.threads.apply(conversation, message)
    if (message?.client_id) this.outbox.remove(message.client_id)
    if (message?.author.kind === 'agent' || message?.author.kind === 'assistant') this.onIncoming(message)
  }

  private heardTyping({ conversation_id: id, who, on, expires_in_s }: Extract<Heard, { type: 'typing' }>): void {
    if (who.kind === 'customer') return
    const lastsMs = expires_in_s * 1_000
    const typist = { name: who.name, kind: who.kind, until: Date.now() + lastsMs }
    this.store.dispatch({ type: 'typing', id, typist: on ? typist : null })
    if (!on) return
    systemClock.after(lastsMs + 50, () => {
      const known = this.store.state.typing[id]
      if (known && known.until <= Date.now()) this.store.dispatch({ type: 'typing', id, typist: null })
    })
  }

  private heardTab(message: TabMessage): void {
    if (message.type === 'outbox') this.store.dispatch({ type: 'outbox', messages: this.outbox.messages })
    else if (message.type === 'seen') this.store.dispatch(message)
    else if (message.type === 'begun') this.store.dispatch(message)
    else if (this.session.storedToken !== this.api.token) {
      this.realtime.stop()
      this.session.drop()
      if (this.session.storedToken) void this.resume()
      else this.store.dispatch({ type: 'signed-out' })
    }
  }
}
