import type { Deed } from '@rapport/client'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { labelOf } from '../../../lib/use-words'
import { roles } from '../people/queries'
import { sentenceOf, toldChange } from './sentence'

const isolated = (text: unknown) => `\u2068${text}\u2069`

/** A deed in plain words: "Mia changed the role of Tom from Agent to Admin". */
export function useSentence() {
  const { t } = useTranslation(['audit', 'settings'])
  const roleOf = (value: unknown) => {
    const role = roles.find((known) => known === value)
    return role ? t(`settings:roles.${role}`) : String(value ?? '')
  }
  const wayOf = (by: unknown) => {
    if (by === undefined) return ''
    const known = i18next.exists(`audit:by.${by}`)
    return i18next.t(`audit:by.${known ? by : 'other'}` as 'audit:by.other', { by: String(by) })
  }
  return (deed: Deed): string => {
    const key = `audit:verbs.${sentenceOf(deed)}`
    const change = toldChange(deed)
    const isRole = deed.verb === 'member.changed'
    const [before, after] = (change ?? []).map((value) => (isRole ? roleOf(value) : value))
    return i18next.t((i18next.exists(key) ? key : 'audit:verbs.other') as 'audit:verbs.other', {
      actor: isolated(deed.actor_name || t('audit:somebody')),
      subject: isolated(deed.subject_name || deed.subject),
      verb: deed.verb,
      action: deed.subject.split(':')[1],
      settings: labelOf(deed.subject.split(':')[1] ?? ''),
      role: roleOf(deed.details.role),
      by: wayOf(deed.details.by),
      before: isolated(before),
      after: isolated(after),
    })
  }
}
