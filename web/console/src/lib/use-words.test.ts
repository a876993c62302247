import { renderHook } from '@testing-library/react'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { expect, it } from 'vitest'
import common from '../locales/en/common.json'
import { labelOf, useWords } from './use-words'

it('values are written as people read them', async () => {
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { common } }, defaultNS: 'common' })
  const { result } = renderHook(() => useWords())

  expect([true, false, 'basecamp', { a: 1 }, null].map(result.current)).toEqual([
    'Yes',
    'No',
    'basecamp',
    '{"a":1}',
    'null',
  ])
})

it('keys are written as labels', () => {
  expect(labelOf('last_product')).toBe('Last product')
  expect(labelOf('VIP')).toBe('VIP')
})
