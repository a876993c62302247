import { Problem } from '@rapport/client'
import { IconAlertTriangle, IconCloudOff, IconCompass, IconLock, IconRefresh } from '@tabler/icons-react'
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

const kindOf = (error: unknown) => {
  const status = error instanceof Problem ? error.status : -1
  if (status === 403) return { icon: IconLock, title: 'state.forbidden', isFinal: true } as const
  if (status === 404) return { icon: IconCompass, title: 'state.notFound', isFinal: true } as const
  if (status === 0) return { icon: IconCloudOff, title: 'state.failed', isFinal: false } as const
  return { icon: IconAlertTriangle, title: 'state.failed', isFinal: false } as const
}

/** It did not work: what happened, and how to go on. */
export const Failed = ({ error, retry }: FailedProps) => {
  const { t } = useTranslation()
  const { icon: Icon, title, isFinal } = kindOf(error)
  return (
    <div className={classes.state} role="alert">
      <span className={classes.icon} aria-hidden>
        <Icon size={28} stroke={1.5} />
      </span>
      <p className={classes.title}>{t(title)}</p>
      <p className={classes.text}>{explain(error)}</p>
      {retry && !isFinal && (
        <button type="button" className={classes.retry} onClick={retry}>
          <IconRefresh size={16} aria-hidden />
          {t('action.retry')}
        </button>
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
          <span className={classes.bone} style={{ width: 28, height: 28, borderRadius: '50%' }} />
          <div className={classes.lines}>
            <span className={classes.bone} style={{ height: 10, width: `${48 + ((index * 17) % 30)}%` }} />
            <span className={classes.bone} style={{ height: 10, width: `${68 + ((index * 23) % 28)}%` }} />
          </div>
        </div>
      ))}
    </div>
  )
}
