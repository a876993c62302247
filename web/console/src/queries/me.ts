import { http, type Me, unwrap } from '@rapport/client'
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { keys } from './keys'

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => unwrap<Me>(http.GET('/v1/me')),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Who is signed in. Only below the guard of the work route, which has fetched it. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data

/** Whether the signed-in person may do something, such as `conversations.assign`. */
export const useCan = (permission: string): boolean => useMe().permissions.includes(permission)

interface Preferences {
  name?: string
  locale?: string
  theme?: 'auto' | 'light' | 'dark'
}

export const useSavePreferences = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Preferences) => unwrap<Me>(http.PATCH('/v1/me', { body })),
    onSuccess: (me) => queries.setQueryData(keys.me, me),
  })
}

export const useSignOut = () =>
  useMutation({
    mutationFn: () => unwrap<unknown>(http.POST('/v1/auth/sign-out')),
    // A full load, so that nothing of this person stays in memory.
    onSuccess: () => window.location.assign('/sign-in'),
  })
