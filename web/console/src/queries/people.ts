import { http, type Inbox, type Macro, type Member, type Tag, type Team, unwrap } from '@rapport/client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { keys } from './keys'

export const membersQuery = queryOptions({
  queryKey: keys.people.members,
  queryFn: () => unwrap<Member[]>(http.GET('/v1/members')),
})
export const teamsQuery = queryOptions({
  queryKey: keys.people.teams,
  queryFn: () => unwrap<Team[]>(http.GET('/v1/teams')),
})
export const tagsQuery = queryOptions({
  queryKey: keys.people.tags,
  queryFn: () => unwrap<Tag[]>(http.GET('/v1/tags')),
})
export const macrosQuery = queryOptions({
  queryKey: keys.people.macros,
  queryFn: () => unwrap<Macro[]>(http.GET('/v1/macros')),
})
export const inboxesQuery = queryOptions({
  queryKey: keys.people.inboxes,
  queryFn: () => unwrap<Inbox[]>(http.GET('/v1/inboxes')),
})

/** For `select`: the things by their ids. */
export const byId = <T extends { id: string }>(items: T[]) => new Map(items.map((item) => [item.id, item]))

export const useMembersById = () =>
  useQuery({ ...membersQuery, select: byId<Member> }).data ?? new Map<string, Member>()
export const useTeamsById = () => useQuery({ ...teamsQuery, select: byId<Team> }).data ?? new Map<string, Team>()
export const useTagsById = () => useQuery({ ...tagsQuery, select: byId<Tag> }).data ?? new Map<string, Tag>()
export const useInboxesById = () => useQuery({ ...inboxesQuery, select: byId<Inbox> }).data ?? new Map<string, Inbox>()
