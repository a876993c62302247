import type { Audience, Website, WebsiteIn, WebsitePatch } from '@rapport/client'

/** A website as it is being written: lists are lines, and numbers may be missing for a moment. */
export interface WebsiteDraft {
  name: string
  start_url: string
  locale: string
  audience: Audience
  every_hours: number | null
  max_depth: number | null
  max_pages: number | null
  include: string
  exclude: string
  hosts: string
  sitemap_url: string
}

export type DraftField = keyof WebsiteDraft
/** What is wrong with a field; a key below `fault.` in the texts. */
export type Fault = 'address' | 'pattern' | 'number' | 'missing'

export const MAX_PAGES = 5_000
export const MAX_DEPTH = 20

/** What the server takes for a site about which nothing else was said. */
export const usual = { max_depth: 5, max_pages: 500, include: [], exclude: [], hosts: [], every_hours: null } as const

export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
]

/** `help.example.com` as the address that a browser would make of it. */
export function addressOf(typed: string): string {
  const text = typed.trim()
  return text === '' || /^[a-z]+:/i.test(text) ? text : `https://${text}`
}

/** Whether it is the address of a page on the web. */
export function isAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text)
    return (protocol === 'https:' || protocol === 'http:') && hostname !== '' && !/\s/.test(text)
  } catch {
    return false
  }
}

/** What a site is called that was not given a name: its host. */
export const nameOf = (address: string) => (isAddress(address) ? new URL(address).host.replace(/^www\./, '') : '')

export const draftOf = (site: Website): WebsiteDraft => ({
  name: site.name,
  start_url: site.start_url,
  locale: site.locale,
  audience: site.audience,
  every_hours: site.every_hours,
  max_depth: site.max_depth,
  max_pages: site.max_pages,
  include: site.include.join('\n'),
  exclude: site.exclude.join('\n'),
  hosts: site.hosts.join('\n'),
  sitemap_url: site.sitemap_url ?? '',
})

const within = (value: number | null, least: number, most: number) =>
  value !== null && Number.isInteger(value) && value >= least && value <= most

const arePatterns = (text: string) => linesOf(text).every((line) => /^[/*]\S*$/.test(line))

/** What must be mended before the draft can be sent. */
export function faultsOf(draft: WebsiteDraft): Partial<Record<DraftField, Fault>> {
  const checks: [DraftField, boolean, Fault][] = [
    ['name', draft.name.trim() !== '', 'missing'],
    ['start_url', isAddress(addressOf(draft.start_url)), 'address'],
    ['sitemap_url', draft.sitemap_url.trim() === '' || isAddress(addressOf(draft.sitemap_url)), 'address'],
    ['max_depth', within(draft.max_depth, 0, MAX_DEPTH), 'number'],
    ['max_pages', within(draft.max_pages, 1, MAX_PAGES), 'number'],
    ['include', arePatterns(draft.include), 'pattern'],
    ['exclude', arePatterns(draft.exclude), 'pattern'],
  ]
  return Object.fromEntries(checks.filter(([, isFine]) => !isFine).map(([field, , fault]) => [field, fault]))
}

function sentOf(draft: WebsiteDraft) {
  return {
    name: draft.name.trim(),
    start_url: addressOf(draft.start_url),
    locale: draft.locale,
    audience: draft.audience,
    every_hours: draft.every_hours,
    max_depth: draft.max_depth ?? usual.max_depth,
    max_pages: draft.max_pages ?? usual.max_pages,
    include: linesOf(draft.include),
    exclude: linesOf(draft.exclude),
    hosts: linesOf(draft.hosts),
    sitemap_url: addressOf(draft.sitemap_url) || null,
  } satisfies WebsitePatch
}

/** The fields in which a draft says something else than the site; while it is being read, not all may change. */
export function patchOf(site: Website, draft: WebsiteDraft): WebsitePatch {
  const sent = sentOf(draft)
  const keys = Object.keys(sent) as (keyof typeof sent)[]
  return Object.fromEntries(
    keys.filter((key) => JSON.stringify(sent[key]) !== JSON.stringify(site[key])).map((key) => [key, sent[key]]),
  )
}

/** A new site that is read only when somebody says so, until its first page was looked at. */
export const newSite = (asked: Pick<WebsiteIn, 'name' | 'start_url' | 'locale' | 'audience'>): WebsiteIn => ({
  ...asked,
  ...usual,
  include: [],
  exclude: [],
  hosts: [],
})

/** The pattern that leaves out exactly this page: its path, with what a pattern would read as a sign as it is. */
export function patternFor(url: string): string | null {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '')
  return /[*$\s]/.test(path) || path.length > 199 ? null : `${path}$`
}
