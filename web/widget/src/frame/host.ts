import { isOurs, type ToFrame, type ToPage } from '../protocol'

type Outgoing = ToPage extends infer M ? (M extends { rapport: 1 } ? Omit<M, 'rapport'> : never) : never

/**
 * The page around the frame.
 *
 * We listen to our parent window only, pin the origin of its first message, and answer to that origin alone. Which
 * origins may embed us at all is the server's to say, by `frame-ancestors`.
 */
export class Host {
  private origin: string | null = null

  constructor(private readonly onMessage: (message: ToFrame, origin: string) => void) {
    if (window.parent === window) return
    addEventListener('message', (event) => this.hear(event))
    // Says only that we are here, so anyone may hear it.
    window.parent.postMessage({ rapport: 1, type: 'loaded' }, '*')
  }

  tell(message: Outgoing): void {
    if (this.origin !== null) window.parent.postMessage({ ...message, rapport: 1 }, this.origin)
  }

  private hear(event: MessageEvent): void {
    if (event.source !== window.parent || !isOurs(event.data)) return
    if (this.origin !== null && event.origin !== this.origin) return
    this.origin = event.origin
    this.onMessage(event.data as ToFrame, event.origin)
  }
}
