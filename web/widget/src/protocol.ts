/** What launcher and frame say to each other by postMessage. Both sides check origin and window of each message. */

/** How the widget looks and greets; public, from `GET /widget/v1/config`. */
export interface Config {
  name: string
  team_name: string
  greeting: string
  color: string
  position: 'left' | 'right'
  theme: 'auto' | 'light' | 'dark'
  locale: string
  texts: Record<string, string>
  pre_chat: { enabled: boolean; fields: PreChatField[] }
  require_identity: boolean
  agents_online: boolean
  assistant: { name: string } | null
  max_file_bytes: number
}

export interface PreChatField {
  key: string
  label: string
  type: 'text' | 'email' | 'phone' | 'textarea'
  required: boolean
}

export type Attributes = Record<string, string | number | boolean | null>

/** What the page that carries the widget says about itself. */
export interface PageSettings {
  key: string
  locale?: string
  theme?: Config['theme']
  position?: Config['position']
}

/** What the page saw its visitor do. */
export interface PageEvent {
  id: string
  kind: 'track' | 'page'
  name: string
  properties: Attributes
  url: string
  at: string
}

export type ToFrame =
  | { rapport: 1; type: 'init'; settings: PageSettings; config: Config | null; pageUrl: string; isPhone: boolean }
  | { rapport: 1; type: 'opened'; focus: boolean; pageUrl: string }
  | { rapport: 1; type: 'closed' }
  | { rapport: 1; type: 'layout'; isPhone: boolean }
  | { rapport: 1; type: 'identify'; jwt: string | null }
  | { rapport: 1; type: 'attributes'; attributes: Attributes }
  | { rapport: 1; type: 'events'; events: PageEvent[] }
  | { rapport: 1; type: 'consent'; isGranted: boolean; words: string }
  | { rapport: 1; type: 'preview'; config: Config }

export type ToPage =
  | { rapport: 1; type: 'loaded' }
  | { rapport: 1; type: 'ready'; config: Config }
  | { rapport: 1; type: 'close' }
  | { rapport: 1; type: 'identity' }
  | { rapport: 1; type: 'unread'; count: number }
  | { rapport: 1; type: 'message'; conversationId: string; author: string; preview: string }

/** Whether something that came by postMessage is one of ours; from whom is for the caller to check. */
export function isOurs(data: unknown): data is { rapport: 1; type: string } {
  return typeof data === 'object' && data !== null && (data as { rapport?: unknown }).rapport === 1
}
