import type { Attributes, Config, PageEvent } from '../protocol'
import { Problem, unreachable } from './problem'
import type { Attachment, Conversation, Id, Message, Pending, Session } from './types'

const timeoutMs = 20_000

interface Page<T> {
  items: T[]
  next: string | null
}

export interface SessionRequest {
  key: string
  token: string | null
  identity: string | null
  locale: string
  page_url: string
}

/** The widget's half of `/widget/v1`. Every failure is a `Problem`. */
export class Api {
  token: string | null = null

  constructor(private readonly origin: string) {}

  config(key: string): Promise<Config> {
    return this.call('GET', `/config?key=${encodeURIComponent(key)}`)
  }

  session({ key, token, identity, locale, page_url }: SessionRequest): Promise<Session> {
    return this.call('POST', '/session', {
      key,
      locale,
      page_url,
      ...(token ? { token } : {}),
      ...(identity ? { identity } : {}),
    })
  }

  update(visitor: { name?: string; email?: string; attributes?: Attributes }): Promise<unknown> {
    return this.call('PATCH', '/visitor', visitor)
  }

  events(events: PageEvent[]): Promise<unknown> {
    return this.call('POST', '/events', { events })
  }

  consent(isGranted: boolean, words: string): Promise<unknown> {
    return this.call('PUT', '/consent', { is_granted: isGranted, words })
  }

  signOut(): Promise<unknown> {
    return this.call('POST', '/sign-out', {})
  }

  conversations(): Promise<Page<Conversation>> {
    return this.call('GET', '/conversations')
  }

  begin(message: Pending): Promise<{ conversation: Conversation; message: Message }> {
    const { client_id, body, attachments, page_url } = message
    return this.call('POST', '/conversations', {
      client_id,
      body,
      attachment_ids: attachments.map((a) => a.id),
      page_url,
    })
  }

  send(message: Pending): Promise<Message> {
    const { client_id, body, attachments } = message
    const path = `/conversations/${message.conversation_id}/messages`
    return this.call('POST', path, { client_id, body, attachment_ids: attachments.map((a) => a.id) })
  }

  messages(id: Id, range: { before_seq?: number; after_seq?: number }): Promise<Page<Message>> {
    const query = new URLSearchParams(Object.entries(range).map(([key, value]) => [key, String(value)]))
    return this.call('GET', `/conversations/${id}/messages?${query}`)
  }

  seen(id: Id, seq: number): Promise<unknown> {
    return this.call('PUT', `/conversations/${id}/seen`, { seq })
  }

  typing(id: Id, on: boolean): Promise<unknown> {
    return this.call('POST', `/conversations/${id}/typing`, { on })
  }

  /** Upload one file, telling how far it is (0 to 1); `signal` takes it back. */
  upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', `${this.origin}/widget/v1/files`)
      if (this.token) request.setRequestHeader('authorization', `Bearer ${this.token}`)
      request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0)
      request.onerror = request.onabort = () => reject(unreachable())
      request.onload = () => {
        const body = parse(request.responseText)
        if (request.status < 300) resolve(body as Attachment)
        else reject(Problem.from(request.status, body, request.getResponseHeader('retry-after')))
      }
      signal.addEventListener('abort', () => request.abort())
      const form = new FormData()
      form.append('file', file, file.name || 'pasted.png')
      request.send(form)
    })
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {}
    if (this.token) headers.authorization = `Bearer ${this.token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    let response: Response
    let text: string
    try {
      response = await fetch(`${this.origin}/widget/v1${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeoutMs),
      })
      text = await response.text()
    } catch {
      throw unreachable()
    }
    const answer = parse(text)
    if (!response.ok) throw Problem.from(response.status, answer, response.headers.get('retry-after'))
    return answer as T
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
