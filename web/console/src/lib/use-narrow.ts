import { useSyncExternalStore } from 'react'

const useMedia = (query: string) =>
  useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => window.matchMedia(query).matches,
  )

/** Whether the screen shows one pane at a time. */
export const useNarrow = () => useMedia('(max-width: 899px)')

/** Whether there is room for two panes, but not for three. */
export const useTight = () => useMedia('(max-width: 1179px)')
