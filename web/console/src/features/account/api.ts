import { http, type Invitation, unwrap } from '@rapport/client'

export const signIn = (body: { email: string; password: string }) =>
  unwrap<unknown>(http.POST('/v1/auth/sign-in', { body }))

export const signInByLink = (token: string) => unwrap<unknown>(http.POST('/v1/auth/link', { body: { token } }))

export const askForReset = (email: string) => unwrap<unknown>(http.POST('/v1/auth/password-reset', { body: { email } }))

export const resetPassword = (body: { token: string; password: string }) =>
  unwrap<unknown>(http.POST('/v1/auth/password-reset/confirm', { body }))

export const previewInvitation = (token: string) =>
  unwrap<Invitation>(http.GET('/v1/invitations/{token}/preview', { params: { path: { token } } }))

export const acceptInvitation = (body: { token: string; name: string; password: string }) =>
  unwrap<unknown>(http.POST('/v1/invitations/accept', { body }))

/** The secret after the `#`: it never reaches a server's log. */
export const tokenOfAddress = () => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''

/** Go on as a new person: a full load, so that nothing of the previous one stays. Only to our own pages. */
export const enter = (to = '/inbox') => {
  const target = new URL(to, window.location.origin)
  window.location.assign(target.origin === window.location.origin ? target.href : '/inbox')
}
