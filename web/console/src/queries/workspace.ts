import { http, unwrap, type Workspace } from '@rapport/client'
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

export const workspaceQuery = queryOptions({
  queryKey: keys.settings.workspace,
  queryFn: () => unwrap<Workspace>(http.GET('/v1/workspace')),
})

interface WorkspaceChange {
  name?: string
  /** By key, then by field; what is left out stays. */
  settings?: Record<string, Record<string, unknown>>
}

export const changeWorkspace = (body: WorkspaceChange) => unwrap<Workspace>(http.PATCH('/v1/workspace', { body }))
