/**
 * Milliseconds to wait before attempt `attempt` (from 0): doubling from 0.5 s to 30 s, of which a random half to whole,
 * so that the clients of a restarted server do not come back in one wave.
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10))
  return Math.round(ceiling * (0.5 + random / 2))
}
