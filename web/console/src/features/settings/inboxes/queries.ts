import {
  type AssistantPatch,
  type AssistantSettings,
  type AssistantTrial,
  http,
  type Id,
  type Inbox,
  unwrap,
  type WebChat,
  type WebChatPatch,
} from '@rapport/client'
import { queryOptions } from '@tanstack/react-query'
import { keys } from '../../../queries/keys'

const at = (id: Id) => ({ params: { path: { inbox_id: id } } })

export const webchatQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.settings.webchat(id),
    queryFn: () => unwrap<WebChat>(http.GET('/v1/inboxes/{inbox_id}/webchat', at(id))),
  })

export const assistantQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.settings.assistant(id),
    queryFn: () => unwrap<AssistantSettings>(http.GET('/v1/inboxes/{inbox_id}/assistant', at(id))),
  })

export const createInbox = (name: string) =>
  unwrap<Inbox>(http.POST('/v1/inboxes', { body: { name, channel: 'webchat' } }))

export const changeInbox = ({ id, ...body }: { id: Id; name?: string; is_enabled?: boolean }) =>
  unwrap<Inbox>(http.PATCH('/v1/inboxes/{inbox_id}', { ...at(id), body }))

export const deleteInbox = (id: Id) => unwrap<unknown>(http.DELETE('/v1/inboxes/{inbox_id}', at(id)))

export const changeWebchat = ({ id, ...body }: { id: Id } & WebChatPatch) =>
  unwrap<WebChat>(http.PATCH('/v1/inboxes/{inbox_id}/webchat', { ...at(id), body }))

export const makeIdentitySecret = (id: Id) =>
  unwrap<{ secret: string }>(http.POST('/v1/inboxes/{inbox_id}/webchat/identity-secret', at(id)))

export const changeAssistant = ({ id, ...body }: { id: Id } & AssistantPatch) =>
  unwrap<AssistantSettings>(http.PATCH('/v1/inboxes/{inbox_id}/assistant', { ...at(id), body }))

export const tryAssistant = (body: { inbox_id: Id; question: string }) =>
  unwrap<AssistantTrial>(http.POST('/v1/assistant/try', { body }))
