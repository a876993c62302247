import { ActionIcon } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './customers.module.css'

interface Props {
  title: ReactNode
  text?: string
  /** Where "back" leads. */
  back: string
  action?: ReactNode
  children: ReactNode
}

/** A page about people that stands on its own. */
export function Sheet({ title, text, back, action, children }: Props) {
  const { t } = useTranslation()
  const router = useRouter()
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('action.back')}
          onClick={() => router.history.push(back)}
        >
          <IconArrowLeft size={20} stroke={1.6} className={classes.mirrored} />
        </ActionIcon>
        <div className={classes.who}>
          <h1>{title}</h1>
          {text && <p className={classes.quiet}>{text}</p>}
        </div>
        {action}
      </header>
      <div className={classes.sheet}>{children}</div>
    </div>
  )
}
