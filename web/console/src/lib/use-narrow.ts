import { useSyncExternalStore } from 'react'

const query = '(max-width: 899px)'

/** Whether the screen shows one pane at a time. */
export const useNarrow = () =>
  useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => window.matchMedia(query).matches,
  )
