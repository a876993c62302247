import {
  type ApiKey,
  http,
  type Id,
  type NewApiKey,
  type NewInvitation,
  type PendingInvitation,
  type Role,
  type Team,
  unwrap,
} from '@rapport/client'
import { queryOptions } from '@tanstack/react-query'
import { keys } from '../../../queries/keys'

export const roles: Role[] = ['owner', 'admin', 'agent', 'light_agent']

export const invitationsQuery = queryOptions({
  queryKey: keys.settings.invitations,
  queryFn: () => unwrap<PendingInvitation[]>(http.GET('/v1/invitations')),
})

export const apiKeysQuery = queryOptions({
  queryKey: keys.settings.apiKeys,
  queryFn: () => unwrap<ApiKey[]>(http.GET('/v1/api-keys')),
})

const user = (id: Id) => ({ params: { path: { user_id: id } } })
const team = (id: Id) => ({ params: { path: { team_id: id } } })

export const changeMember = ({ id, ...body }: { id: Id; role?: Role; is_active?: boolean }) =>
  unwrap<unknown>(http.PATCH('/v1/members/{user_id}', { ...user(id), body }))

export const removeMember = (id: Id) => unwrap<unknown>(http.DELETE('/v1/members/{user_id}', user(id)))

export const resetFactor = (id: Id) => unwrap<unknown>(http.DELETE('/v1/members/{user_id}/second-factor', user(id)))

export const makeResetLink = (id: Id) =>
  unwrap<{ link: string }>(http.POST('/v1/members/{user_id}/password-reset', user(id)))

export const invite = (body: { email: string; role: Role }) =>
  unwrap<NewInvitation>(http.POST('/v1/invitations', { body }))

export const withdrawInvitation = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/invitations/{invitation_id}', { params: { path: { invitation_id: id } } }))

export const createApiKey = (body: { name: string; role: Role }) =>
  unwrap<NewApiKey>(http.POST('/v1/api-keys', { body }))

export const revokeApiKey = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/api-keys/{key_id}', { params: { path: { key_id: id } } }))

/** Create or rename a team, and say who is in it. */
export async function saveTeam({ id, name, user_ids }: { id: Id | null; name: string; user_ids: Id[] }) {
  const saved = await unwrap<Team>(
    id
      ? http.PATCH('/v1/teams/{team_id}', { ...team(id), body: { name } })
      : http.POST('/v1/teams', { body: { name } }),
  )
  return unwrap<Team>(http.PUT('/v1/teams/{team_id}/members', { ...team(saved.id), body: { user_ids } }))
}

export const deleteTeam = (id: Id) => unwrap<unknown>(http.DELETE('/v1/teams/{team_id}', team(id)))
