import type { Card } from '@rapport/cards'

export type Id = string

export interface Visitor {
  id: Id
  name: string | null
  email: string | null
  verified: boolean
}

export interface Conversation {
  id: Id
  status: 'open' | 'pending' | 'snoozed' | 'resolved'
  preview: string
  last_seq: number
  seen_seq: number
  agent_seen_seq: number
  last_activity_at: string
  assignee: { name: string } | null
  handler: 'assistant' | 'agent' | 'none'
}

export interface Attachment {
  id: Id
  name: string
  content_type: string
  size_bytes: number
  url: string
  preview_url: string | null
  width: number | null
  height: number | null
}

export interface Message {
  id: Id
  conversation_id: Id
  seq: number
  author: { kind: 'me' | 'agent' | 'assistant' | 'system'; name: string }
  body: string
  html: string
  cards: Card[]
  attachments: Attachment[]
  client_id: string | null
  created_at: string
}

/** What the visitor wrote and the server has not confirmed. Lives in localStorage until it has. */
export interface Pending {
  client_id: string
  /** A conversation's id, or `new:…` for one that this message, or one before it, begins. */
  conversation_id: Id
  body: string
  attachments: Attachment[]
  page_url: string
  created_at: string
  /** Why the server refused it for good; null while it may still be sent. */
  refusal: string | null
}

export interface Session {
  token: string
  visitor: Visitor
  conversations: Conversation[]
  cursor: string
}

export const isLocal = (conversationId: Id): boolean => conversationId.startsWith('new:')
