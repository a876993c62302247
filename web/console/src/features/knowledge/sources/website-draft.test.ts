import type { Website } from '@rapport/client'
import { expect, it } from 'vitest'
import { addressOf, draftOf, faultsOf, linesOf, nameOf, newSite, patchOf, patternFor } from './website-draft'

const site = {
  id: 's',
  name: 'Help',
  start_url: 'https://help.example.com/',
  sitemap_url: null,
  hosts: [],
  include: ['/help/*'],
  exclude: [],
  max_depth: 5,
  max_pages: 500,
  every_hours: null,
  locale: 'en',
  audience: 'public',
} as unknown as Website

it('takes an address as people type it', () => {
  expect(addressOf(' help.example.com/faq ')).toBe('https://help.example.com/faq')
  expect(addressOf('http://help.example.com')).toBe('http://help.example.com')
  expect(nameOf('https://www.example.com/help')).toBe('example.com')
  expect(nameOf('https://')).toBe('')
})

it('begins without a schedule, so that nothing is read before a page was looked at', () => {
  const asked = { name: 'Help', start_url: 'https://help.example.com', locale: 'de', audience: 'public' } as const
  expect(newSite(asked)).toMatchObject({ ...asked, every_hours: null, max_depth: 5, max_pages: 500 })
})

it('sends only what was changed', () => {
  expect(patchOf(site, draftOf(site))).toEqual({})
  const draft = { ...draftOf(site), every_hours: 24, include: '/help/*\n\n /faq \n/faq', sitemap_url: ' ' }
  expect(patchOf(site, draft)).toEqual({ every_hours: 24, include: ['/help/*', '/faq'] })
})

it('says which fields must be mended', () => {
  expect(faultsOf(draftOf(site))).toEqual({})
  const draft = { ...draftOf(site), name: ' ', start_url: 'not an address', max_depth: null, exclude: 'help' }
  expect(faultsOf(draft)).toEqual({ name: 'missing', start_url: 'address', max_depth: 'number', exclude: 'pattern' })
  expect(linesOf('a\n a\n')).toEqual(['a'])
})

it('leaves out exactly one page, unless its path cannot be written as a pattern', () => {
  expect(patternFor('https://help.example.com/a/b?page=2')).toBe('/a/b?page=2$')
  expect(patternFor('https://help.example.com/')).toBe('/$')
  expect(patternFor('https://help.example.com/100$')).toBeNull()
})
