const morning = 9
const evening = 18

export interface Preset {
  key: 'laterToday' | 'thisEvening' | 'tomorrow' | 'nextWeek'
  at: Date
}

const at = (now: Date, days: number, hour: number) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour)

/** Moments in the person's own time at which a snoozed conversation usefully returns. */
export function presets(now: Date): Preset[] {
  const later = new Date(now.getTime() + 3 * 60 * 60_000)
  const tonight = at(now, 0, evening)
  const untilMonday = (8 - now.getDay()) % 7 || 7
  const all: Preset[] = [
    { key: 'laterToday', at: later },
    { key: 'thisEvening', at: tonight },
    { key: 'tomorrow', at: at(now, 1, morning) },
    { key: 'nextWeek', at: at(now, untilMonday, morning) },
  ]
  const isToday = (date: Date) => date.toDateString() === now.toDateString()
  return all.filter(({ key, at: when }) => {
    if (key === 'laterToday') return isToday(when)
    return key === 'thisEvening' ? now.getHours() < evening - 1 : true
  })
}

/** A moment as `<input type="datetime-local">` writes it, in local time. */
export const localInput = (date: Date) =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
