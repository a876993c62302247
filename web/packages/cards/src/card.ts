/** What an answer or an action shows, as the server sends it (`rapport.kernel.cards`). Fields not known here are ignored. */
export type Card =
  | { kind: 'text'; title?: string | null; text: string }
  | { kind: 'facts'; title?: string | null; facts: Fact[] }
  | { kind: 'table'; title?: string | null; columns: string[]; rows: Scalar[][] }
  | { kind: 'list'; title?: string | null; items: Item[] }
  | { kind: 'carousel'; title?: string | null; items: Item[] }
  | { kind: 'form'; title?: string | null; fields: Field[]; action?: string; submit_label?: string | null }
  | { kind: 'chart'; title?: string | null; alt?: string | null; spec: unknown }
  | { kind: 'map'; title?: string | null; alt?: string | null; geojson: unknown }
  | { kind: 'image'; title?: string | null; url: string; alt: string }
  | { kind: 'file'; name: string; url: string; size_bytes?: number | null }
  | { kind: 'steps'; title?: string | null; steps: Step[] }
  | { kind: 'scene'; title?: string | null; alt?: string | null; url?: string | null }
  | { kind: 'sources'; sources: Source[] }

export type Scalar = string | number | boolean | null
export interface Fact {
  label: string
  value: Scalar
}
export interface Item {
  title: string
  text?: string | null
  url?: string | null
  image_url?: string | null
}
export interface Field {
  key: string
  label: string
  type?: string
  required?: boolean
}
export interface Step {
  text?: string | null
  title?: string | null
  done?: boolean
}
export interface Source {
  title: string
  url?: string | null
  quote?: string | null
}
