import type { Language } from '../i18n'

export const clockTime = (at: string, { locale }: Language): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(at))

export const exactTime = (at: string, { locale }: Language): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))

const dayOf = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()

export const isSameDay = (a: string, b: string): boolean => dayOf(new Date(a)) === dayOf(new Date(b))

/** "Today", "Yesterday", or the date. */
export function dayName(at: string, language: Language, now = new Date()): string {
  const days = Math.round((dayOf(now) - dayOf(new Date(at))) / 86_400_000)
  if (days === 0) return language.t('today')
  if (days === 1) return language.t('yesterday')
  return new Intl.DateTimeFormat(language.locale, { dateStyle: 'medium' }).format(new Date(at))
}

/** The time where it was today, the day otherwise. */
export function shortTime(at: string, language: Language, now = new Date()): string {
  return isSameDay(at, now.toISOString()) ? clockTime(at, language) : dayName(at, language, now)
}

export function sizeWords(bytes: number, { locale }: Language): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}
