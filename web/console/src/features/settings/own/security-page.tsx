import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { securityQuery } from '../../../queries/security'
import { Page } from '../parts/page'
import { Identities } from './identities'
import { Passkeys } from './passkeys'
import { Password } from './password'
import { SecondFactor } from './second-factor'
import { Sessions } from './sessions'

/** How I sign in, and where I am signed in. */
export function SecurityPage(): ReactNode {
  const { t } = useTranslation('security')
  const security = useQuery(securityQuery)
  return (
    <Page title={t('title')} text={t('text')}>
      <Password />
      {security.isPending && <RowSkeletons rows={3} height={60} />}
      {security.isError && <Failed error={security.error} retry={() => void security.refetch()} />}
      {security.data && (
        <>
          <SecondFactor security={security.data} />
          <Passkeys security={security.data} />
          <Identities security={security.data} />
        </>
      )}
      <Sessions />
    </Page>
  )
}
