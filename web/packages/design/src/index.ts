/** Colours as numbers: what code must know about `tokens.css`, and the arithmetic of contrast. */

export type { Rgb } from './contrast'
export { contrast, luminance, mix, parseHex, readableOn, toHex, withContrast } from './contrast'
export { accentShades, darkShades, neutralShades, seriesColours } from './palette'
