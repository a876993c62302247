import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './assistant.module.css'

/** The assistant's pages, and the way between them. */
export function Frame(): ReactNode {
  const { t } = useTranslation('assistant')
  return (
    <div className={classes.scroller}>
      <nav className={classes.tabs} aria-label={t('parts')}>
        <Link to="/assistant" className={classes.tab} activeOptions={{ exact: true, includeSearch: false }}>
          {t('overview.tab')}
        </Link>
        <Link to="/assistant/gaps" className={classes.tab} activeOptions={{ includeSearch: false }}>
          {t('gaps.tab')}
        </Link>
        <Link to="/assistant/answers" className={classes.tab} activeOptions={{ includeSearch: false }}>
          {t('answers.tab')}
        </Link>
      </nav>
      <div className={classes.page}>
        <Outlet />
      </div>
    </div>
  )
}

interface HeadProps {
  title: ReactNode
  text?: string
  children?: ReactNode
}

/** What a page is called, what it is for, and what it can be narrowed to. */
export const Head = ({ title, text, children }: HeadProps) => (
  <header className={classes.head}>
    <div className={classes.titles}>
      <h1 className={classes.title}>{title}</h1>
      {text && <p className={classes.soft}>{text}</p>}
    </div>
    {children}
  </header>
)

interface CardProps {
  title: string
  text?: string
  isWide?: boolean
  children: ReactNode
}

/** A part of a page with its own heading. */
export const Card = ({ title, text, isWide, children }: CardProps) => (
  <section className={classes.card} data-wide={isWide || undefined}>
    <h2>{title}</h2>
    {text && <p className={classes.note}>{text}</p>}
    {children}
  </section>
)
