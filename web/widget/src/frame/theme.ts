import { contrast, mix, parseHex, type Rgb, readableOn, toHex, withContrast } from '@rapport/design'
import type { Config } from '../protocol'

const fallback: Rgb = [67, 83, 207]
/** What text in the accent may stand on: surface, sunken, the assistant's background, as in the tokens. */
const grounds: Record<'light' | 'dark', [Rgb, Rgb, Rgb]> = {
  light: [
    [255, 255, 255],
    [241, 243, 246],
    [245, 239, 251],
  ],
  dark: [
    [22, 25, 31],
    [29, 33, 40],
    [40, 31, 54],
  ],
}

/** The accent's colours for one theme, from whatever colour the inbox chose; every pair that carries text reads. */
export function accentColours(color: string, theme: 'light' | 'dark'): Record<string, string> {
  const chosen = parseHex(color) ?? fallback
  const [surface] = grounds[theme]
  const onAccent = readableOn(chosen)
  const fill = withContrast(chosen, onAccent)
  const tint = mix(surface, chosen, theme === 'light' ? 0.1 : 0.22)
  const text = grounds[theme].reduce((colour, ground) => withContrast(colour, ground), chosen)
  const tintText = withContrast(text, tint, 7)
  // A fill as light or dark as the surface is told apart by an edge.
  const edge = contrast(fill, surface) < 1.6 ? withContrast(fill, surface, 3) : fill
  return {
    '--rp-accent': toHex(fill),
    '--rp-accent-hover': toHex(mix(fill, onAccent[0] > 128 ? [0, 0, 0] : [255, 255, 255], 0.12)),
    '--rp-on-accent': toHex(onAccent),
    '--rp-accent-text': toHex(text),
    '--rp-accent-tint': toHex(tint),
    '--rp-accent-tint-text': toHex(tintText),
    '--rp-accent-edge': toHex(edge),
    '--rp-focus': toHex(withContrast(chosen, surface, 3)),
  }
}

/** Dress the page; by CSSOM, which a strict content security policy allows. Returns how to stop following the system. */
export function applyTheme(theme: Config['theme'], color: string): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = (): void => {
    const shown = theme === 'auto' ? (system.matches ? 'dark' : 'light') : theme
    document.documentElement.dataset.theme = shown
    for (const [name, value] of Object.entries(accentColours(color, shown))) {
      document.documentElement.style.setProperty(name, value)
    }
  }
  apply()
  const stop = new AbortController()
  system.addEventListener('change', apply, { signal: stop.signal })
  return () => stop.abort()
}
