/** The clock and the dice, so that tests can hold both. */
export interface Clock {
  now(): number
  after(delayMs: number, run: () => void): () => void
  random(): number
}

/** What the device says about itself. Each `on…` returns how to stop listening. */
export interface Surroundings {
  isOnline(): boolean
  isVisible(): boolean
  onChange(run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

export const browserSurroundings: Surroundings = {
  isOnline: () => navigator.onLine,
  isVisible: () => document.visibilityState === 'visible',
  onChange: (run) => {
    const stop = new AbortController()
    window.addEventListener('online', run, { signal: stop.signal })
    window.addEventListener('offline', run, { signal: stop.signal })
    window.addEventListener('pageshow', run, { signal: stop.signal })
    document.addEventListener('visibilitychange', run, { signal: stop.signal })
    return () => stop.abort()
  },
}
