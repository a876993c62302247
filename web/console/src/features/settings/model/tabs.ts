/** The parts of an inbox's settings, as the address names them. */
export const inboxTabs = ['look', 'intro', 'install', 'assistant', 'more'] as const
export type InboxTab = (typeof inboxTabs)[number]

export const isInboxTab = (value: unknown): value is InboxTab => inboxTabs.includes(value as InboxTab)

/** The parts of a mailbox's settings, as the address names them. */
export const mailTabs = ['receiving', 'sending', 'replies', 'dns', 'health', 'options'] as const
export type MailTab = (typeof mailTabs)[number]
export const isMailTab = (value: unknown): value is MailTab => mailTabs.includes(value as MailTab)
