const known = [
  'recipients_refused',
  'bounced',
  'undelivered',
  'delayed',
  'gave_up',
  'unknown',
  'not_sending',
  'oauth_refused',
  'plain_refused',
  'no_answer',
  'disconnected',
  'server_busy',
  'paced',
  'loop',
  'access_switched_off',
  'login_refused',
  'auto_reply',
  'stranger',
  'no_person',
  'not_proved',
  'attachment_gone',
  'address_unusable',
  'no_sender',
  'internal_error',
] as const

export type Reason = (typeof known)[number] | 'other'

/** The server's word for why something was not sent, as a key of our texts. */
export const reasonOf = (reason: string | null): Reason => known.find((each) => each === reason) ?? 'other'
