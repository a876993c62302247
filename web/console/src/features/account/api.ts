import { http, type Invitation, Problem, unwrap, type Ways } from '@rapport/client'
import { askForPasskey } from '../../lib/passkeys'

export const signIn = (body: { email: string; password: string; workspace: string | null }) =>
  unwrap<unknown>(http.POST('/v1/auth/sign-in', { body }))

export const signInByLink = (token: string) => unwrap<unknown>(http.POST('/v1/auth/link', { body: { token } }))

/** What the server says when the password was right and a second factor follows. */
export interface SecondStep {
  ticket: string
  methods: string[]
}

export const getWays = (workspace?: string) =>
  unwrap<Ways>(http.GET('/v1/auth/ways', { params: { query: { workspace: workspace ?? null } } }))

export const signInByCode = (body: { ticket: string; code: string }) =>
  unwrap<unknown>(http.POST('/v1/auth/second-factor', { body }))

/** Sign in with a passkey of this device; see `askForPasskey`. */
export async function signInByPasskey(workspace?: string, mediation?: CredentialMediationRequirement) {
  const { options } = await unwrap<{ options: Record<string, unknown> }>(http.POST('/v1/auth/passkey/options'))
  const credential = await askForPasskey(options, mediation)
  await unwrap<unknown>(http.POST('/v1/auth/passkey', { body: { credential, workspace: workspace ?? null } }))
}

/** Go to an identity provider; it sends the browser back to `to`. */
export async function leaveFor(provider: string, to: string) {
  const { url } = await unwrap<{ url: string }>(
    http.POST('/v1/auth/oidc/{provider_id}', { params: { path: { provider_id: provider } }, body: { to } }),
  )
  window.location.assign(url)
}

/** The second step that a refusal asks for, if it does. */
export function secondStepOf(error: unknown): SecondStep | null {
  if (!(error instanceof Problem) || error.code !== 'second_factor_needed') return null
  return { ticket: error.fields.ticket ?? '', methods: (error.fields.methods ?? '').split(' ') }
}

/** The second step that the address asks for, as after an identity provider or a link. */
export function secondStepOfAddress(): SecondStep | null {
  const given = new URLSearchParams(window.location.hash.slice(1))
  const ticket = given.get('ticket')
  return ticket ? { ticket, methods: (given.get('methods') ?? 'code').split(' ') } : null
}

/** Go on to the second step on the sign-in page, or throw what was no such refusal. */
export function continueSignIn(error: unknown): void {
  const step = secondStepOf(error)
  if (!step) throw error
  const hash = new URLSearchParams({ ticket: step.ticket, methods: step.methods.join(' ') })
  window.location.assign(`/sign-in#${hash}`)
}

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
