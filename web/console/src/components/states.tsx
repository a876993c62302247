import { Button, Skeleton } from '@mantine/core'
import { Problem } from '@rapport/client'
import { IconAlertTriangle, IconCloudOff, IconLock, IconRefresh } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain'
import classes from './states.module.css'

interface EmptyProps {
  icon?: ComponentType<{ size?: number; stroke?: number }>
  title: string
  text?: string
  action?: ReactNode
}

/** Nothing here, why, and the first step. */
export const Empty = ({ icon: Icon, title, text, action }: EmptyProps) => (
  <div className={classes.state}>
    {Icon && (
      <span className={classes.icon} aria-hidden>
        <Icon size={28} stroke={1.5} />
      </span>
    )}
    <p className={classes.title}>{title}</p>
    {text && <p className={classes.text}>{text}</p>}
    {action}
  </div>
)

interface FailedProps {
  error: unknown
  retry?: () => void
}

const iconOf = (error: unknown) => {
  if (error instanceof Problem && error.status === 403) return IconLock
  if (error instanceof Problem && error.status === 0) return IconCloudOff
  return IconAlertTriangle
}

/** It did not work: what happened, and how to go on. */
export const Failed = ({ error, retry }: FailedProps) => {
  const { t } = useTranslation()
  const Icon = iconOf(error)
  const forbidden = error instanceof Problem && error.status === 403
  return (
    <div className={classes.state} role="alert">
      <span className={classes.icon} aria-hidden>
        <Icon size={28} stroke={1.5} />
      </span>
      <p className={classes.title}>{forbidden ? t('state.forbidden') : t('state.failed')}</p>
      <p className={classes.text}>{explain(error)}</p>
      {retry && !forbidden && (
        <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={retry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  )
}

/** The shape of rows that are on their way. */
export const RowSkeletons = ({ rows = 8, height = 76 }: { rows?: number; height?: number }) => {
  const { t } = useTranslation()
  return (
    <div aria-busy="true" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move.
        <div key={index} className={classes.row} style={{ height }}>
          <Skeleton circle height={28} />
          <div className={classes.lines}>
            <Skeleton height={10} width={`${48 + ((index * 17) % 30)}%`} />
            <Skeleton height={10} width={`${68 + ((index * 23) % 28)}%`} />
          </div>
        </div>
      ))}
    </div>
  )
}
