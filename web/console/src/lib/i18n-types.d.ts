import type account from '../locales/en/account.json'
import type common from '../locales/en/common.json'
import type customers from '../locales/en/customers.json'
import type inbox from '../locales/en/inbox.json'
import type knowledge from '../locales/en/knowledge.json'
import type settings from '../locales/en/settings.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      account: typeof account
      common: typeof common
      customers: typeof customers
      inbox: typeof inbox
      knowledge: typeof knowledge
      settings: typeof settings
    }
  }
}
