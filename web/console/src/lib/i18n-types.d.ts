import type account from '../locales/en/account.json'
import type audit from '../locales/en/audit.json'
import type common from '../locales/en/common.json'
import type customers from '../locales/en/customers.json'
import type inbox from '../locales/en/inbox.json'
import type knowledge from '../locales/en/knowledge.json'
import type mail from '../locales/en/mail.json'
import type mailboxes from '../locales/en/mailboxes.json'
import type people from '../locales/en/people.json'
import type privacy from '../locales/en/privacy.json'
import type security from '../locales/en/security.json'
import type settings from '../locales/en/settings.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      account: typeof account
      audit: typeof audit
      common: typeof common
      customers: typeof customers
      inbox: typeof inbox
      knowledge: typeof knowledge
      mailboxes: typeof mailboxes
      mail: typeof mail
      people: typeof people
      privacy: typeof privacy
      security: typeof security
      settings: typeof settings
    }
  }
}
