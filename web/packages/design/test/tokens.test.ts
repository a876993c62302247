import { describe, expect, it } from 'vitest'
import { contrast, parseHex, readableOn, withContrast } from '../src'
import css from '../src/tokens.css?raw'

const [lightBlock = '', darkBlock = ''] = css.split(':root[data-theme="dark"]')

function tokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--rp-([a-z0-9-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']))
}

const light = tokens(lightBlock)
const themes = { light, dark: new Map([...light, ...tokens(darkBlock)]) }

const grounds = ['canvas', 'surface', 'sunken', 'selected']
const textPairs = [
  ...['text', 'text-soft', 'text-faint', 'accent-text'].flatMap((ink) => grounds.map((ground) => [ink, ground])),
  ...['danger', 'warning', 'success', 'info', 'assistant'].flatMap((ink) => [
    ...grounds.map((ground) => [ink, ground]),
  ]),
  ...['danger', 'warning', 'success', 'info'].map((ink) => [ink, `${ink}-tint`]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger-fill'],
  ['accent-tint-text', 'accent-tint'],
  ['note-text', 'note-bg'],
  ['assistant', 'assistant-bg'],
  ...['customer-bg', 'agent-bg', 'note-bg', 'assistant-bg'].flatMap((ground) => [
    ['text', ground],
    ['text-soft', ground],
    ['text-faint', ground],
  ]),
] as [string, string][]

function ratio(theme: Map<string, string>, a: string, b: string): number {
  const [first, second] = [parseHex(theme.get(a) ?? ''), parseHex(theme.get(b) ?? '')]
  if (!first || !second) throw new Error(`no token ${a} or ${b}`)
  return contrast(first, second)
}

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  it.each(textPairs)('%s reads on %s', (ink, ground) => {
    expect(ratio(theme, ink, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['canvas', 'surface'])('edges of controls and focus are visible on %s', (ground) => {
    expect(ratio(theme, 'border-strong', ground)).toBeGreaterThanOrEqual(3)
    expect(ratio(theme, 'focus', ground)).toBeGreaterThanOrEqual(3)
    expect(ratio(theme, 'note-edge', 'note-bg')).toBeGreaterThanOrEqual(2.5)
  })
})

describe('contrast', () => {
  it('knows black on white and refuses what is no colour', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
    expect(parseHex('#abc')).toEqual([170, 187, 204])
    expect(parseHex('red; background: url(x)')).toBeNull()
  })

  it('finds a readable text for any background', () => {
    for (let grey = 0; grey <= 255; grey += 3) {
      const background = [grey, (grey * 7) % 256, (grey * 31) % 256] as const
      expect(contrast(readableOn(background), background)).toBeGreaterThanOrEqual(4.2)
    }
  })

  it('moves a colour no further than it must', () => {
    expect(withContrast([67, 83, 207], [255, 255, 255])).toEqual([67, 83, 207])
    expect(contrast(withContrast([255, 220, 0], [255, 255, 255]), [255, 255, 255])).toBeGreaterThanOrEqual(4.5)
    expect(contrast(withContrast([20, 20, 60], [15, 17, 21]), [15, 17, 21])).toBeGreaterThanOrEqual(4.5)
  })
})
