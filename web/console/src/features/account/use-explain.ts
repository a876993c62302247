import { Problem } from '@rapport/client'
import i18next from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../lib/explain'

/** Why signing in was refused, in the reader's language where we know the reason by its code. */
export function useExplain(): (error: unknown) => string {
  const { t } = useTranslation('account')
  return useCallback(
    (error) => {
      if (error instanceof Problem && i18next.exists(`problems.${error.code}`, { ns: 'account' })) {
        return t(`problems.${error.code}` as 'problems.provider_refused')
      }
      return explain(error)
    },
    [t],
  )
}
