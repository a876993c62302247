import { isOffline, Problem } from '@rapport/client'
import i18next from 'i18next'

/** What happened and what to do now, in a sentence for people. */
export function explain(error: unknown): string {
  const t = i18next.getFixedT(null, 'common')
  if (isOffline(error)) return t('problem.offline')
  if (!(error instanceof Problem)) return t('problem.unknown')
  if (error.status === 403) return t('problem.forbidden')
  if (error.status === 429) return t('problem.tooMany')
  if (error.status >= 500) return t('problem.server')
  return error.message
}
