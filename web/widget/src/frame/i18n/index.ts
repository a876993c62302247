import { en, type Texts } from './en'

export type Key = keyof Texts
export type Translate = (key: Key, values?: Record<string, string | number>) => string

/** Everything that depends on the language a visitor reads. */
export interface Language {
  locale: string
  direction: 'ltr' | 'rtl'
  t: Translate
}

const loaders: Record<string, () => Promise<Partial<Texts>>> = {
  de: () => import('./de').then((module) => module.de),
  ar: () => import('./ar').then((module) => module.ar),
}

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

/** The language for `locale`, with the inbox's own wording before ours, and English where a text is missing. */
export async function languageFor(locale: string, own: Record<string, string>): Promise<Language> {
  const short = locale.slice(0, 2).toLowerCase()
  const texts = await (loaders[short]?.() ?? Promise.resolve({})).catch(() => ({}))
  return language(locale, texts, own)
}

export function language(locale: string, texts: Partial<Texts>, own: Record<string, string>): Language {
  const t: Translate = (key, values = {}) => {
    const text = own[key] || texts[key] || en[key]
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
  return { locale: known(locale), direction: rightToLeft.has(locale.slice(0, 2).toLowerCase()) ? 'rtl' : 'ltr', t }
}

function known(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}
