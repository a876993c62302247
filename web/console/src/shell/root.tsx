import { IconCompass } from '@tabler/icons-react'
import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../components/states'
import { TooltipBubble } from '../components/tooltip'
import { useKeyboard } from '../lib/keys'

/** What every screen shares, signed in or not. */
export function Root(): ReactNode {
  useKeyboard()
  return (
    <>
      <Outlet />
      <TooltipBubble />
    </>
  )
}

export function NotFound(): ReactNode {
  const { t } = useTranslation()
  return (
    <main>
      <h1 className="visually-hidden">{t('state.notFound')}</h1>
      <Empty
        icon={IconCompass}
        title={t('state.notFound')}
        text={t('state.notFoundText')}
        action={<a href="/inbox">{t('action.toInbox')}</a>}
      />
    </main>
  )
}
