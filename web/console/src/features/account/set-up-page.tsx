import { Anchor, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/states'
import { useSignOut } from '../../queries/me'
import { securityQuery } from '../../queries/security'
import { AddPasskey, SetUp } from '../security'
import { enter } from './api'
import { Frame } from './frame'

/** For whoever has signed in to a workspace that asks for a second factor, and has none yet. */
export function SetUpPage(): ReactNode {
  const { t } = useTranslation(['account', 'common'])
  const security = useQuery(securityQuery)
  const signOut = useSignOut()
  return (
    <Frame title={t('account:setUp.title')} text={t('account:setUp.text')}>
      {security.isPending && <Loader role="status" aria-label={t('common:state.loading')} />}
      {security.isError && <Failed error={security.error} retry={() => void security.refetch()} />}
      {security.data && (
        <>
          <SetUp security={security.data} onDone={() => enter()} />
          {security.data.passkeys_possible && <AddPasskey security={security.data} onDone={() => enter()} />}
        </>
      )}
      <Anchor component="button" type="button" onClick={() => signOut.mutate()}>
        {t('account:setUp.leave')}
      </Anchor>
    </Frame>
  )
}
