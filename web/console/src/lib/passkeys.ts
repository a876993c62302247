/** What the server gave and what the browser answers, as WebAuthn's JSON describes it. */
type Json = Record<string, unknown>

/** Whether this browser can make and use passkeys. */
export const canUsePasskeys = (): boolean =>
  typeof window.PublicKeyCredential === 'function' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'

/** Whether it can offer them among the suggestions of a form field. */
export const canSuggestPasskeys = async (): Promise<boolean> =>
  canUsePasskeys() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false)

// A browser waits for one passkey at a time: whoever asks anew takes the place of the suggestions.
let waiting: AbortController | null = null

/** Stop suggesting passkeys. */
export const stopAsking = () => waiting?.abort()

/** Have the person choose a passkey; with `mediation` conditional, only when they pick one in a form field. */
export async function askForPasskey(options: Json, mediation?: CredentialMediationRequirement): Promise<Json> {
  stopAsking()
  waiting = new AbortController()
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  )
  return asJson(await navigator.credentials.get({ mediation, signal: waiting.signal, publicKey }))
}

/** Have the device make a passkey. */
export async function makePasskey(options: Json): Promise<Json> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  )
  return asJson(await navigator.credentials.create({ publicKey }))
}

/** Whether the person closed the browser's dialog, or it gave up waiting: nothing to complain about. */
export const isDismissed = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')

function asJson(credential: Credential | null): Json {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('No passkey.', 'NotAllowedError')
  return credential.toJSON() as Json
}
