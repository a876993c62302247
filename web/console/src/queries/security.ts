import { http, type Security, unwrap } from '@rapport/client'
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'

/** How I sign in. */
export const securityQuery = queryOptions({
  queryKey: keys.security,
  queryFn: () => unwrap<Security>(http.GET('/v1/me/security')),
})
