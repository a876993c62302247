import { ActionIcon } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNarrow } from '../../../lib/use-narrow'
import classes from '../settings.module.css'

interface Props {
  title: string
  text?: string
  action?: ReactNode
  /** Where "back" leads; on a phone every page has it. */
  back?: string
  isWide?: boolean
  children: ReactNode
}

/** One page of the settings. */
export function Page({ title, text, action, back, isWide, children }: Props) {
  const { t } = useTranslation()
  const router = useRouter()
  const narrow = useNarrow()
  const target = back ?? (narrow ? '/settings' : null)
  return (
    <div className={classes.scroller}>
      <div className={classes.page} data-wide={isWide || undefined}>
        <header className={classes.top}>
          {target && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              className={classes.back}
              aria-label={t('action.back')}
              onClick={() => router.history.push(target)}
            >
              <IconArrowLeft size={20} stroke={1.6} className={classes.mirrored} />
            </ActionIcon>
          )}
          <div className={classes.titles}>
            <h1 className={classes.title}>{title}</h1>
            {text && <p className={classes.text}>{text}</p>}
          </div>
          {action}
        </header>
        {children}
      </div>
    </div>
  )
}

interface SectionProps {
  title: string
  text?: string
  action?: ReactNode
  children: ReactNode
}

/** A part of a page with its own heading. */
export const Section = ({ title, text, action, children }: SectionProps) => (
  <section className={classes.section}>
    <div className={classes.sectionTop}>
      <div className={classes.titles}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {text && <p className={classes.text}>{text}</p>}
      </div>
      {action}
    </div>
    {children}
  </section>
)
