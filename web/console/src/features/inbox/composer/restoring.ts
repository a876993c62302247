import type { Attachment } from '@rapport/client'
import type { Mailing } from './outbox'

/** What comes back into the composer: a message that was not sent, or was taken back. */
export interface Restored {
  body: string
  kind: 'message' | 'note'
  attachments: Attachment[]
  mail?: Mailing | null
}
