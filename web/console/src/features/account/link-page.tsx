import { Alert, Anchor, Loader } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../lib/explain'
import { continueSignIn, enter, signInByLink, tokenOfAddress } from './api'
import { Frame } from './frame'

// A link works once, and React runs effects twice in development.
const attempts = new Map<string, Promise<unknown>>()
const attempt = (token: string) => {
  const running = attempts.get(token) ?? signInByLink(token).then(() => enter(), continueSignIn)
  attempts.set(token, running)
  return running
}

export function LinkPage(): ReactNode {
  const { t } = useTranslation(['account', 'common'])
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    attempt(tokenOfAddress()).catch((reason) => setError(explain(reason)))
  }, [])
  return (
    <Frame title={t('account:link.title')}>
      {error ? (
        <>
          <Alert color="red" role="alert">
            {error}
          </Alert>
          <p>{t('account:link.failed')}</p>
          <Anchor component={Link} to="/sign-in">
            {t('account:toSignIn')}
          </Anchor>
        </>
      ) : (
        <Loader role="status" aria-label={t('common:state.loading')} />
      )}
    </Frame>
  )
}
