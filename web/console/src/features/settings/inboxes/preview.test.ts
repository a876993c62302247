import type { AssistantSettings, WebChat } from '@rapport/client'
import { expect, it } from 'vitest'
import { previewOf } from './preview'

const webchat: WebChat = {
  inbox_id: 'i',
  key: 'public',
  greeting: 'Hello',
  team_name: 'Shop',
  color: '#123456',
  position: 'left',
  theme: 'dark',
  locale: 'de',
  texts: {},
  pre_chat: { enabled: false, fields: [] },
  allowed_origins: ['https://secret-customer.example'],
  require_identity: false,
  identity_secret_set: true,
  script: '<script>',
}

it('shows the assistant only while it is on', () => {
  const assistant = { enabled: true, name: 'Fern' } as AssistantSettings
  expect(previewOf(webchat, assistant).config.assistant).toEqual({ name: 'Fern' })
  expect(previewOf(webchat, { ...assistant, enabled: false }).config.assistant).toBeNull()
  expect(previewOf(webchat, undefined).config.assistant).toBeNull()
})

it('passes on what visitors may know and nothing else', () => {
  const { config } = previewOf(webchat, undefined)
  expect(config).not.toHaveProperty('allowed_origins')
  expect(config).toMatchObject({ color: '#123456', theme: 'dark', locale: 'de' })
})
