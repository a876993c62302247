import type { Id, Page } from '@rapport/client'
import type { InfiniteData } from '@tanstack/react-query'

/** A list as it was fetched so far, page by page. */
export type Listed<T> = InfiniteData<Page<T>, unknown>

interface Row {
  id: Id
}

const changed = <T>(data: Listed<T>, change: (items: T[], page: number) => T[]): Listed<T> => ({
  ...data,
  pages: data.pages.map((page, index) => ({ ...page, items: change(page.items, index) })),
})

export const holds = <T extends Row>(data: Listed<T>, id: Id): boolean =>
  data.pages.some(({ items }) => items.some((item) => item.id === id))

/** A list with a row as it is now, at the place it has; one that is not in it stays away. */
export const withKnown = <T extends Row>(data: Listed<T>, row: T): Listed<T> =>
  changed(data, (items) => items.map((item) => (item.id === row.id ? row : item)))

/** A list with a row as it is now, at the place it has; one that is not in it yet stands first. */
export const withRow = <T extends Row>(data: Listed<T>, row: T): Listed<T> =>
  holds(data, row.id) ? withKnown(data, row) : changed(data, (items, page) => (page === 0 ? [row, ...items] : items))

export const withoutRow = <T extends Row>(data: Listed<T>, gone: Id): Listed<T> =>
  changed(data, (items) => items.filter(({ id }) => id !== gone))
