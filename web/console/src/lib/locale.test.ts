import { describe, expect, it } from 'vitest'
import { regionalOf } from './locale'

describe('the locale for dates and numbers', () => {
  it.each([
    ['en', ['en-GB', 'en'], 'en-GB'],
    ['en', ['de-CH', 'en-IE'], 'en-IE'],
    ['de', ['en-GB'], 'de'],
    ['de', ['DE-at'], 'DE-at'],
    ['ar', [], 'ar'],
  ])('of a screen in %s for a browser that wants %j is %s', (language, wanted, locale) =>
    expect(regionalOf(language, wanted)).toBe(locale),
  )
})
