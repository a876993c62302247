import { initialState, type State } from '../src/frame/state/state'
import type { Conversation, Message, Pending } from '../src/frame/types'
import type { Config } from '../src/protocol'

/** Things of a test, with only what the test is about to say. */
export const make = {
  conversation: (values: Partial<Conversation> = {}): Conversation => ({
    id: 'c1',
    status: 'open',
    preview: '',
    last_seq: 0,
    seen_seq: 0,
    agent_seen_seq: 0,
    last_activity_at: '2026-03-02T10:00:00Z',
    assignee: null,
    handler: 'none',
    ...values,
  }),
  message: (seq: number, values: Partial<Message> = {}): Message => ({
    id: `m${seq}`,
    conversation_id: 'c1',
    seq,
    author: { kind: 'agent', name: 'Maya' },
    body: `message ${seq}`,
    html: '',
    cards: [],
    attachments: [],
    client_id: null,
    created_at: '2026-03-02T10:00:00Z',
    ...values,
  }),
  pending: (client_id: string, values: Partial<Pending> = {}): Pending => ({
    client_id,
    conversation_id: 'c1',
    body: client_id,
    attachments: [],
    page_url: '',
    created_at: '2026-03-02T10:00:00Z',
    refusal: null,
    ...values,
  }),
  config: (values: Partial<Config> = {}): Config => ({
    name: 'Shop',
    team_name: 'Northwind',
    greeting: 'Hello',
    color: '#0f766e',
    position: 'right',
    theme: 'light',
    locale: 'en',
    texts: {},
    pre_chat: { enabled: false, fields: [] },
    require_identity: false,
    agents_online: true,
    assistant: null,
    max_file_bytes: 1_000,
    ...values,
  }),
  state: (values: Partial<State> = {}): State => ({ ...initialState, ...values }),
}
