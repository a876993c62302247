/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [number, number, number]

/** Read `#rgb` or `#rrggbb`; null for anything else. */
export function parseHex(text: string): Rgb | null {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim())
  const digits = short
    ? short.slice(1).map((d) => d + d)
    : /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim())?.slice(1)
  if (!digits) return null
  const [r = 0, g = 0, b = 0] = digits.map((d) => Number.parseInt(d, 16))
  return [r, g, b]
}

/** Write `#rrggbb`. */
export function toHex(colour: Rgb): string {
  return `#${colour.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`
}

/** Relative luminance as WCAG 2 defines it, from 0 (black) to 1 (white). */
export function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((c) => {
    const share = c / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Contrast of two colours, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** A colour `share` of the way from `from` to `to`. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => from[i as 0] + (to[i as 0] - from[i as 0]) * share) as unknown as Rgb
}

const white: Rgb = [255, 255, 255]
const ink: Rgb = [17, 19, 24]

/** White or near-black, whichever reads better on `background`; the worst case is 4.4:1 and only just. */
export function readableOn(background: Rgb): Rgb {
  return contrast(white, background) >= contrast(ink, background) ? white : ink
}

/** `colour` moved towards black or white until it reaches `ratio` on `background`; unchanged where it already does. */
export function withContrast(colour: Rgb, background: Rgb, ratio = 4.5): Rgb {
  const goal: Rgb = luminance(background) > 0.18 ? [0, 0, 0] : white
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(colour, goal, share)
    const rounded = parseHex(toHex(candidate)) ?? candidate
    if (contrast(rounded, background) >= ratio) return rounded
  }
  return goal
}
