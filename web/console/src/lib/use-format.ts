import { useTranslation } from 'react-i18next'
import { regionalOf } from './locale'
import { ago, shortDuration } from './time'

/** Numbers, dates and durations in the language of the screen, as the browser's region writes them. */
export function useFormat() {
  const { i18n } = useTranslation()
  const locale = regionalOf(i18n.language)
  const formats = known.get(locale) ?? formatsOf(locale)
  known.set(locale, formats)
  return formats
}

/** One set of formats for each locale: making them takes longer than drawing a row of a list. */
const known = new Map<string, ReturnType<typeof formatsOf>>()

function formatsOf(locale: string) {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' })
  const short = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const dayName = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
  const utcDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const number = new Intl.NumberFormat(locale)
  return {
    relative: (at: string, now = Date.now()) => {
      const [value, unit] = ago(Date.parse(at), now)
      return relative.format(value, unit)
    },
    waiting: (since: string, now = Date.now()) => shortDuration(now - Date.parse(since), locale),
    time: (at: string) => time.format(new Date(at)),
    exact: (at: string) => exact.format(new Date(at)),
    date: (at: string) => short.format(new Date(at)),
    /** A day of UTC such as `2026-01-31`, as that same day. */
    utcDate: (day: string) => utcDay.format(new Date(day)),
    day: (at: string) => dayName.format(new Date(at)),
    number: (value: number) => number.format(value),
    percent: (value: number) => new Intl.NumberFormat(locale, { style: 'percent' }).format(value),
    precise: (value: number) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value),
    /** An amount of `code` (ISO 4217), or the bare number where no currency is known; small ones to a ten-thousandth. */
    money: (value: number, code: string | null) => {
      const digits = value !== 0 && Math.abs(value) < 1 ? 4 : 2
      const form: Intl.NumberFormatOptions = { maximumFractionDigits: digits }
      return new Intl.NumberFormat(locale, code ? { ...form, style: 'currency', currency: code } : form).format(value)
    },
    currency: (code: string) => new Intl.DisplayNames(locale, { type: 'currency' }).of(code) ?? code,
    list: (values: string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(values),
    bytes: (value: number) => {
      const [unit, size, digits] =
        value < 1_000 ? ['byte', 1, 0] : value < 1_000_000 ? ['kilobyte', 1_000, 0] : ['megabyte', 1_000_000, 1]
      const format = new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: unit as string,
        unitDisplay: 'short',
        maximumFractionDigits: digits as number,
      })
      return format.format(value / (size as number))
    },
    language: (code: string) => {
      try {
        return new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code
      } catch {
        return code
      }
    },
    localTime: (timezone: string) => {
      try {
        return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: timezone }).format(new Date())
      } catch {
        return null
      }
    },
  }
}
