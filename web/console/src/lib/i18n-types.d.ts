import type account from '../locales/en/account.json'
import type assistant from '../locales/en/assistant.json'
import type audit from '../locales/en/audit.json'
import type common from '../locales/en/common.json'
import type customers from '../locales/en/customers.json'
import type inbox from '../locales/en/inbox.json'
import type knowledge from '../locales/en/knowledge.json'
import type mail from '../locales/en/mail.json'
import type mailboxes from '../locales/en/mailboxes.json'
import type models from '../locales/en/models.json'
import type people from '../locales/en/people.json'
import type privacy from '../locales/en/privacy.json'
import type recurring from '../locales/en/recurring.json'
import type security from '../locales/en/security.json'
import type settings from '../locales/en/settings.json'
import type sources from '../locales/en/sources.json'
import type triage from '../locales/en/triage.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      account: typeof account
      assistant: typeof assistant
      audit: typeof audit
      common: typeof common
      customers: typeof customers
      inbox: typeof inbox
      knowledge: typeof knowledge
      mailboxes: typeof mailboxes
      mail: typeof mail
      models: typeof models
      people: typeof people
      privacy: typeof privacy
      recurring: typeof recurring
      security: typeof security
      settings: typeof settings
      sources: typeof sources
      triage: typeof triage
    }
  }
}
