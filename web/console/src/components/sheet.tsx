import { IconArrowLeft } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './icon-button'
import classes from './sheet.module.css'

interface Props {
  title: ReactNode
  text?: string
  /** Where "back" leads; without it the page is a place of its own. */
  back?: string
  action?: ReactNode
  children: ReactNode
}

/** A page in one column: what it is, what can be done with all of it, and its parts below each other. */
export function Sheet({ title, text, back, action, children }: Props) {
  const { t } = useTranslation()
  const router = useRouter()
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        {back && (
          <IconButton size="lg" label={t('action.back')} onClick={() => router.history.push(back)}>
            <IconArrowLeft size={20} stroke={1.6} className={classes.mirrored} />
          </IconButton>
        )}
        <div className={classes.who}>
          <h1>{title}</h1>
          {text && <p className={classes.quiet}>{text}</p>}
        </div>
        {action}
      </header>
      <div className={classes.body}>{children}</div>
    </div>
  )
}
