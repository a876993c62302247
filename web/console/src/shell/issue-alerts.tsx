import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { type Frame, onFrame, useTopic } from '../lib/realtime'
import type { IssueFrame } from '../queries/live-recurring'
import { useCan } from '../queries/me'

/** Says when a recurring issue is new or grows, wherever one is; it goes away by itself. */
export function IssueAlerts() {
  return useCan('conversations.read') ? <Listening /> : null
}

function Listening() {
  const { t } = useTranslation()
  const router = useRouter()
  useTopic('workspace')
  useEffect(
    () =>
      onFrame((frame: Frame) => {
        const { problem, alert } = frame as IssueFrame
        if (frame.type !== 'event' || !problem || !alert) return
        const id = `issue-${problem.id}`
        const look = () => {
          notifications.hide(id)
          router.history.push(`/recurring/${problem.id}`)
        }
        notifications.show({
          id,
          autoClose: 12_000,
          color: 'orange',
          title: t(`alert.${alert.kind}`),
          message: (
            <>
              <bdi>{problem.name || t('alert.unnamed')}</bdi>{' '}
              <Button size="compact-sm" variant="subtle" onClick={look}>
                {t('alert.look')}
              </Button>
            </>
          ),
        })
      }),
    [router, t],
  )
  return null
}
