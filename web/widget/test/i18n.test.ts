import { expect, it } from 'vitest'
import { ar } from '../src/frame/i18n/ar'
import { de } from '../src/frame/i18n/de'
import { en } from '../src/frame/i18n/en'
import { language, languageFor } from '../src/frame/i18n/index'

it('says it in the language asked for, in the inbox’s own words first, and in English where none are', async () => {
  const { t, direction } = await languageFor('ar-EG', { send: 'Go' })
  expect(direction).toBe('rtl')
  expect(t('send')).toBe('Go')
  expect(t('back')).toBe(ar.back)
  expect(t('broken')).toBe(en.broken)
})

it('falls back to English for a language we do not have, and for no language at all', async () => {
  expect((await languageFor('xx', {})).t('send')).toBe('Send')
  expect((await languageFor('not a locale!', {})).locale).toBe('en')
})

it('fills in values and leaves unknown ones as they are', () => {
  const { t } = language('en', {}, { greeting: 'Hi {name}, {other}' })
  expect(t('greeting', { name: 'Ada' })).toBe('Hi Ada, {other}')
})

it.each([
  ['de', de],
  ['ar', ar],
])('%s keeps every value that English has', (_, texts) => {
  const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
  for (const [key, text] of Object.entries(texts)) expect(holes(text)).toEqual(holes(en[key as keyof typeof en]))
})
