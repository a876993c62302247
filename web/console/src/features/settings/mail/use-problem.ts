import i18next from 'i18next'
import { useTranslation } from 'react-i18next'

/** What a word of the server's for a trouble means, and what to do about it. */
export function useProblem() {
  const { t } = useTranslation('mailboxes')
  return (code: string): string =>
    i18next.exists(`mailboxes:problem.${code}`)
      ? t(`problem.${code}` as 'problem.no_answer')
      : t('problem.other', { code })
}
