import type { Card, Item, Scalar, Source } from './card'

export interface LinkView {
  title: string
  text: string
  /** Safe to put into `href`; null where the card had no address, or one we do not follow. */
  href: string | null
  imageSrc: string | null
}

/** A question of a form. */
export interface FieldView {
  key: string
  label: string
  type: string
  required: boolean
}

/** The eight shapes that every kind of card comes down to, whoever draws them. */
export type Shape =
  | { shape: 'text'; text: string }
  | { shape: 'facts'; facts: { label: string; value: string }[] }
  | { shape: 'table'; columns: string[]; rows: string[][] }
  | { shape: 'links'; links: LinkView[]; isRow: boolean }
  | { shape: 'image'; src: string; alt: string }
  | { shape: 'steps'; steps: { text: string; isDone: boolean }[] }
  | { shape: 'sources'; sources: LinkView[] }
  | { shape: 'form'; fields: FieldView[]; submitLabel: string | null }

export interface CardView {
  title: string | null
  body: Shape
}

const schemes = new Set(['http:', 'https:', 'mailto:'])

/** `url` if it leads somewhere harmless: our own paths, http, https, mailto. */
export function safeHref(url: string | null | undefined): string | null {
  if (!url) return null
  try {
    return schemes.has(new URL(url, 'https://own.invalid').protocol) ? url.trim() : null
  } catch {
    return null
  }
}

/** Pictures come from our own origin only: a remote one would tell its host who reads what, and when. */
export function safeImage(url: string | null | undefined): string | null {
  return url && /^\/(?![/\\])/.test(url) ? url : null
}

function words(value: Scalar | undefined): string {
  return value === null || value === undefined ? '–' : String(value)
}

function link(item: Item | Source): LinkView {
  const text = 'quote' in item ? item.quote : 'text' in item ? item.text : null
  const imageSrc = 'image_url' in item ? safeImage(item.image_url) : null
  return { title: String(item.title), text: text ?? '', href: safeHref(item.url), imageSrc }
}

function body(card: Card): Shape | null {
  switch (card.kind) {
    case 'text':
      return { shape: 'text', text: card.text }
    case 'facts':
      return { shape: 'facts', facts: card.facts.map((fact) => ({ label: fact.label, value: words(fact.value) })) }
    case 'table':
      return { shape: 'table', columns: card.columns, rows: card.rows.map((row) => row.map(words)) }
    case 'list':
    case 'carousel':
      return { shape: 'links', links: card.items.map(link), isRow: card.kind === 'carousel' }
    case 'form':
      return {
        shape: 'form',
        fields: card.fields.map(({ key, label, type, required }) => ({
          key,
          label,
          type: type ?? 'text',
          required: required ?? false,
        })),
        submitLabel: card.submit_label ?? null,
      }
    case 'image':
      return imageShape(card.url, card.alt)
    case 'file':
      return { shape: 'links', links: [link({ title: card.name, url: card.url })], isRow: false }
    case 'steps':
      return {
        shape: 'steps',
        steps: card.steps.map((step) => ({ text: step.text ?? step.title ?? '', isDone: step.done ?? false })),
      }
    case 'sources':
      return { shape: 'sources', sources: card.sources.map(link) }
    case 'chart':
    case 'map':
    case 'scene':
      return card.alt ? { shape: 'text', text: card.alt } : null
    default:
      return null
  }
}

function imageShape(url: string, alt: string): Shape {
  const src = safeImage(url)
  return src ? { shape: 'image', src, alt } : { shape: 'links', links: [link({ title: alt, url })], isRow: false }
}

/**
 * What to draw for `card`, with every address made safe.
 *
 * Null for a kind this version does not know and for one that is not in its documented form: a message with a strange
 * card still shows its text.
 */
export function viewOf(card: Card): CardView | null {
  try {
    const shape = body(card)
    return shape && { title: 'title' in card && card.title ? card.title : null, body: shape }
  } catch {
    return null
  }
}
