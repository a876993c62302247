import { type Card, type CardView, type LinkView, type Shape, viewOf } from '@rapport/cards'
import { useScene } from './context'
import { Form } from './Form'

function Link({ link, className }: { link: LinkView; className: string }) {
  const { t } = useScene().language
  const content = (
    <>
      {link.imageSrc && <img src={link.imageSrc} alt="" loading="lazy" />}
      <span class="link-title" dir="auto">
        {link.title}
      </span>
    </>
  )
  if (!link.href) return <span class={className}>{content}</span>
  return (
    <a class={className} href={link.href} target="_blank" rel="noopener nofollow" title={link.text || undefined}>
      {content}
      <span class="sr-only"> ({t('opens_new')})</span>
    </a>
  )
}

function Table({ shape }: { shape: Extract<Shape, { shape: 'table' }> }) {
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            {shape.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shape.rows.map((row) => (
            <tr key={row.join()}>
              {row.map((cell, index) => (
                <td key={shape.columns[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Facts({ facts }: { facts: { label: string; value: string }[] }) {
  return (
    <dl class="facts">
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd dir="auto">{fact.value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Drawn({ shape, form }: { shape: Shape; form: OpenForm | null }) {
  const { t } = useScene().language
  switch (shape.shape) {
    case 'text':
      return <p dir="auto">{shape.text}</p>
    case 'facts':
      return <Facts facts={shape.facts} />
    case 'form':
      if (!form) return <Facts facts={shape.fields.map(({ label }) => ({ label, value: '–' }))} />
      return <Form {...form} fields={shape.fields} submitLabel={shape.submitLabel} />
    case 'table':
      return <Table shape={shape} />
    case 'image':
      return <img class="card-image" src={shape.src} alt={shape.alt} loading="lazy" />
    case 'steps':
      return (
        <ol class="steps">
          {shape.steps.map((step) => (
            <li key={step.text} class={step.isDone ? 'done' : ''}>
              {step.text}
            </li>
          ))}
        </ol>
      )
    case 'links':
      return (
        <ul class={shape.isRow ? 'links side-by-side' : 'links'}>
          {shape.links.map((link) => (
            <li key={link.title}>
              <Link link={link} className="card-link" />
              {link.text && <p dir="auto">{link.text}</p>}
            </li>
          ))}
        </ul>
      )
    case 'sources':
      return (
        <section class="sources" aria-label={t('sources')}>
          <span class="faint">{t('sources')}</span>
          {shape.sources.map((source) => (
            <Link key={source.title} link={source} className="chip" />
          ))}
        </section>
      )
  }
}

/** Where the answers of a form go that may still be answered. */
export interface OpenForm {
  conversationId: string
  name: string
}

/** The cards below a message; those of unknown kinds are left out. */
export function Cards({ cards, form }: { cards: Card[]; form: OpenForm | null }) {
  const views = cards.map(viewOf).filter((view): view is CardView => view !== null)
  if (!views.length) return null
  return (
    <div class="cards">
      {views.map((view, index) => (
        <div class="card" key={index}>
          {view.title && <strong class="card-title">{view.title}</strong>}
          <Drawn shape={view.body} form={form} />
        </div>
      ))}
    </div>
  )
}
