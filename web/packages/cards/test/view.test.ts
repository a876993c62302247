import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Card, safeHref, safeImage, viewOf } from '../src'

describe('a card', () => {
  it('keeps its title and writes absent values as a dash', () => {
    const card: Card = { kind: 'facts', title: 'Order', facts: [{ label: 'Sent', value: null }] }
    expect(viewOf(card)).toEqual({ title: 'Order', body: { shape: 'facts', facts: [{ label: 'Sent', value: '–' }] } })
  })

  it('shows sources with the words they were taken from', () => {
    const card: Card = {
      kind: 'sources',
      sources: [{ title: 'Returns', url: '/help/en/articles/returns', quote: '30 days' }],
    }
    expect(viewOf(card)?.body).toEqual({
      shape: 'sources',
      sources: [{ title: 'Returns', text: '30 days', href: '/help/en/articles/returns', imageSrc: null }],
    })
  })

  it('draws nothing for what it does not know or understand', () => {
    expect(viewOf({ kind: 'hologram' } as unknown as Card)).toBeNull()
    expect(viewOf({ kind: 'table' } as unknown as Card)).toBeNull()
    expect(viewOf({ kind: 'chart', spec: {} })).toBeNull()
  })

  it('shows a remote picture as a link, so that nobody is tracked by looking', () => {
    const view = viewOf({ kind: 'image', url: 'https://tracker.example/pixel.png', alt: 'A pixel' })
    expect(view?.body).toMatchObject({ shape: 'links' })
  })
})

describe('an address', () => {
  it.each(['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'blob:x', ''])(
    '%j is not followed',
    (url) => expect(safeHref(url)).toBeNull(),
  )

  it.each(['https://example.com/a', '/help', 'mailto:a@example.com'])('%j is followed', (url) =>
    expect(safeHref(url)).toBe(url),
  )

  it.each(['//evil.example/x.png', '/\\evil.example/x.png', 'https://evil.example/x.png', 'x.png'])(
    '%j is no picture of ours',
    (url) => expect(safeImage(url)).toBeNull(),
  )

  it('is never of another scheme, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const href = safeHref(text)
        if (href) expect(['http:', 'https:', 'mailto:']).toContain(new URL(href, 'https://own.invalid').protocol)
      }),
    )
  })
})
