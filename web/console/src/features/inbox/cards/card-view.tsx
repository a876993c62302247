import { type Card, type LinkView, type Shape, viewOf } from '@rapport/cards'
import type { Message } from '@rapport/client'
import { IconCircle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './cards.module.css'

/** A card as the console draws it; one of an unknown kind is left out, its message stays readable. */
export function CardView({ card }: { card: Message['cards'][number] }): ReactNode {
  // `viewOf` reads any card defensively; its own type names only what it draws.
  const view = viewOf(card as Card)
  if (!view) return null
  return (
    <section className={classes.card}>
      {view.title && <p className={classes.title}>{view.title}</p>}
      <Body shape={view.body} />
    </section>
  )
}

function Body({ shape }: { shape: Shape }): ReactNode {
  switch (shape.shape) {
    case 'text':
      return <p className={classes.text}>{shape.text}</p>
    case 'facts':
      return <Facts facts={shape.facts} />
    case 'table':
      return <Table columns={shape.columns} rows={shape.rows} />
    case 'links':
      return <Links links={shape.links} isRow={shape.isRow} />
    case 'form':
      return <Facts facts={shape.fields.map(({ label }) => ({ label, value: '–' }))} />
    case 'image':
      return <img src={shape.src} alt={shape.alt} className={classes.image} loading="lazy" />
    case 'steps':
      return <Steps steps={shape.steps} />
    case 'sources':
      return <Links links={shape.sources} isRow={false} />
  }
}

const Facts = ({ facts }: { facts: { label: string; value: string }[] }) => (
  <dl className={classes.facts}>
    {facts.map((fact) => (
      <div key={fact.label}>
        <dt>{fact.label}</dt>
        <dd>{fact.value}</dd>
      </div>
    ))}
  </dl>
)

const Table = ({ columns, rows }: { columns: string[]; rows: string[][] }) => (
  <div className={classes.scroll}>
    <table className={classes.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a card never change places.
          <tr key={at}>
            {row.map((cell, column) => (
              <td key={columns[column] ?? column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const Links = ({ links, isRow }: { links: LinkView[]; isRow: boolean }) => (
  <ul className={classes.links} data-row={isRow}>
    {links.map((link) => (
      <li key={link.title + link.href}>
        {link.imageSrc && <img src={link.imageSrc} alt="" className={classes.image} loading="lazy" />}
        {link.href ? (
          <a href={link.href} target="_blank" rel="noreferrer">
            {link.title}
          </a>
        ) : (
          <span>{link.title}</span>
        )}
        {link.text && <small>{link.text}</small>}
      </li>
    ))}
  </ul>
)

function Steps({ steps }: { steps: { text: string; isDone: boolean }[] }) {
  const { t } = useTranslation('inbox')
  return (
    <ol className={classes.steps}>
      {steps.map((step) => (
        <li key={step.text}>
          {step.isDone ? (
            <IconCircleCheck size={16} aria-label={t('cards.done')} />
          ) : (
            <IconCircle size={16} aria-label={t('cards.open')} />
          )}
          {step.text}
        </li>
      ))}
    </ol>
  )
}
