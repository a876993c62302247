import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './frame.module.css'

/** The quiet page around a short form. */
export const Frame = ({ title, text, children }: { title: string; text?: string; children: ReactNode }) => (
  <main className={classes.page} id="main">
    <div className={classes.card}>
      <img src="/favicon.svg" alt="Rapport" width={40} height={40} />
      <Title order={1}>{title}</Title>
      {text && <p className={classes.text}>{text}</p>}
      {children}
    </div>
  </main>
)
