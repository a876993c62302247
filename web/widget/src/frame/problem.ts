/** Why a request came to nothing. `status` 0: the server was not reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryAfterS: number | null = null,
  ) {
    super(detail || code)
  }

  /** Whether the same request may succeed later, unchanged. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }

  /** Read a problem+json body, or make do without one. */
  static from(status: number, body: unknown, retryAfter: string | null): Problem {
    const { code, detail, title } = (body ?? {}) as { code?: unknown; detail?: unknown; title?: unknown }
    const words = [detail, title].find((value) => typeof value === 'string' && value)
    const seconds = Number(retryAfter)
    const wait = retryAfter && Number.isFinite(seconds) ? Math.min(seconds, 300) : null
    return new Problem(status, typeof code === 'string' ? code : `Http${status}`, String(words ?? ''), wait)
  }
}

export const unreachable = (): Problem => new Problem(0, 'Unreachable', '')
