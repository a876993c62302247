import type { Mailing } from './outbox'
import type { Stored } from './use-uploads'

/** What comes back into the composer: a message that was not sent, or was taken back. */
export interface Restored {
  body: string
  kind: 'message' | 'note'
  attachments: Stored[]
  mail?: Mailing | null
}
