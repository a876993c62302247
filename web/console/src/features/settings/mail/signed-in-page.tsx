import { notifications } from '@mantine/notifications'
import { IconLogin2 } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../../components/states'
import { explain } from '../../../lib/explain'
import { keys } from '../../../queries/keys'
import { Page } from '../parts/page'
import { finishSignIn } from './queries'

const route = getRouteApi('/work/settings/inboxes/signed-in')

/** Where a provider sends the browser back to: hands on what it brought, and goes to the mailbox. */
export function SignedInPage(): ReactNode {
  const { t } = useTranslation('mailboxes')
  const { state, code, error } = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const finish = useMutation({
    mutationFn: finishSignIn,
    onSuccess: async ({ inbox_id }) => {
      await queries.invalidateQueries({ queryKey: keys.settings.mailbox(inbox_id) })
      notifications.show({ message: t('oauth.done') })
      await navigate({
        to: '/settings/inboxes/$inboxId',
        params: { inboxId: inbox_id },
        search: { tab: 'receiving' },
        replace: true,
      })
    },
  })
  const isBegun = useRef(false)
  const { mutate } = finish
  useEffect(() => {
    if (isBegun.current || !state || !code) return
    isBegun.current = true // what was brought is good once, also when a page is drawn twice
    mutate({ state, code })
  }, [state, code, mutate])
  const back = <Link to="/settings/inboxes">{t('oauth.back')}</Link>
  const refused = error ?? (finish.isError ? explain(finish.error) : null)
  return (
    <Page title={t('oauth.coming')} back="/settings/inboxes">
      <div role="status">
        {refused && <Empty icon={IconLogin2} title={t('oauth.refused', { reason: refused })} action={back} />}
        {!refused && state && code && <Empty icon={IconLogin2} title={t('oauth.wait')} />}
        {!refused && !(state && code) && <Empty icon={IconLogin2} title={t('oauth.noAnswer')} action={back} />}
      </div>
    </Page>
  )
}
