const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long ago in the largest unit that fits, as `Intl.RelativeTimeFormat` wants it. */
export function ago(at: number, now: number): [number, Intl.RelativeTimeFormatUnit] {
  const elapsed = at - now
  const size = Math.abs(elapsed)
  if (size < minute) return [Math.round(elapsed / 1000), 'second']
  if (size < hour) return [Math.round(elapsed / minute), 'minute']
  if (size < day) return [Math.round(elapsed / hour), 'hour']
  if (size < 7 * day) return [Math.round(elapsed / day), 'day']
  if (size < 30 * day) return [Math.round(elapsed / (7 * day)), 'week']
  if (size < 365 * day) return [Math.round(elapsed / (30 * day)), 'month']
  return [Math.round(elapsed / (365 * day)), 'year']
}

/** Order two instants by time, to the microsecond that ISO text carries and `Date` does not. */
export function compareInstants(a: string, b: string): number {
  const whole = Date.parse(a) - Date.parse(b)
  return whole !== 0 ? whole : fraction(a).localeCompare(fraction(b))
}

const fraction = (instant: string) => (/\.(\d+)/.exec(instant)?.[1] ?? '').padEnd(9, '0')

/** Whether two instants fall on the same local day. */
export const sameDay = (a: string, b: string) => new Date(a).toDateString() === new Date(b).toDateString()

/** `12 min`, `3 h`, `2 d`: for waiting timers, which have little room. */
export function shortDuration(ms: number, locale: string): string {
  const [value, unit] =
    ms < hour
      ? [Math.max(0, Math.floor(ms / minute)), 'minute']
      : ms < day
        ? [Math.floor(ms / hour), 'hour']
        : [Math.floor(ms / day), 'day']
  return new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, unitDisplay: 'narrow' }).format(
    value as number,
  )
}
