import type { Config } from '../../protocol'
import type { Translate } from '../i18n'
import type { Message } from '../types'

/** A short exchange for the console's preview. */
export function sample(t: Translate, config: Config | null): Message[] {
  const at = new Date().toISOString()
  const text = (seq: number, author: Message['author'], body: string): Message => ({
    id: String(seq),
    conversation_id: 'new:preview',
    seq,
    author,
    body,
    html: '',
    cards: [],
    attachments: [],
    client_id: null,
    created_at: at,
  })
  const name = config?.assistant?.name ?? config?.team_name ?? ''
  return [
    text(1, { kind: 'me', name: '' }, t('preview_question')),
    text(2, { kind: config?.assistant ? 'assistant' : 'agent', name }, t('preview_answer')),
  ]
}
