/** The parts of an inbox's settings, as the address names them. */
export const inboxTabs = ['look', 'intro', 'install', 'assistant', 'more'] as const
export type InboxTab = (typeof inboxTabs)[number]

export const isInboxTab = (value: unknown): value is InboxTab => inboxTabs.includes(value as InboxTab)
