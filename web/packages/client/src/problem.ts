/** What the server says when it refuses: RFC 9457 with the stable code of the error. */
export interface ProblemDocument {
  code: string
  title: string
  status: number
  detail: string
  fields?: Record<string, string> | null
}

/** A refusal by the server, or its silence (`status` 0). */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly fields: Record<string, string>
  /** Seconds to wait before trying again, when the server named them. */
  readonly retryAfter: number | null

  constructor(document: Partial<ProblemDocument>, status: number, retryAfter: number | null = null) {
    super(document.detail || document.title || `The server answered ${status}.`)
    this.name = 'Problem'
    this.code = document.code ?? (status === 0 ? 'Offline' : 'Unknown')
    this.status = document.status ?? status
    this.fields = document.fields ?? {}
    this.retryAfter = retryAfter
  }
}

/** Whether the request never reached the server. */
export const isOffline = (error: unknown): boolean => error instanceof Problem && error.status === 0

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/**
 * The body of a successful answer.
 *
 * @throws Problem - the server refused (its problem document) or could not be reached (status 0).
 */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new Problem({ code: 'Offline', title: 'The server cannot be reached.' }, 0)
  }
  if (answer.response.ok) return answer.data as T
  const wait = Number(answer.response.headers.get('retry-after'))
  const document = (typeof answer.error === 'object' && answer.error) || {}
  throw new Problem(document, answer.response.status, wait > 0 ? wait : null)
}
