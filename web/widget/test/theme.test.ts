import { contrast, parseHex } from '@rapport/design'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { accentColours } from '../src/frame/theme'

const grounds = { light: ['#ffffff', '#f1f3f6', '#f5effb'], dark: ['#16191f', '#1d2128', '#281f36'] }

function ratio(a: string | undefined, b: string | undefined): number {
  return contrast(parseHex(a ?? '') ?? [0, 0, 0], parseHex(b ?? '') ?? [0, 0, 0])
}

it('makes every pair that carries text readable, whatever colour an inbox chooses', () => {
  const channel = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(
      fc.tuple(channel, channel, channel),
      fc.constantFrom('light' as const, 'dark' as const),
      (rgb, theme) => {
        const color = `#${rgb.map((c) => c.toString(16).padStart(2, '0')).join('')}`
        const colours = accentColours(color, theme)
        expect(ratio(colours['--rp-on-accent'], colours['--rp-accent'])).toBeGreaterThanOrEqual(4.5)
        expect(ratio(colours['--rp-accent-tint-text'], colours['--rp-accent-tint'])).toBeGreaterThanOrEqual(4.5)
        for (const ground of grounds[theme]) {
          expect(ratio(colours['--rp-accent-text'], ground)).toBeGreaterThanOrEqual(4.5)
        }
      },
    ),
  )
})

it('uses the default for what is no colour', () => {
  expect(accentColours('url(evil)', 'light')).toEqual(accentColours('#4353cf', 'light'))
})
