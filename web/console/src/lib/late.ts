/**
 * What may wait for the first list. On a slow line everything else competes with it, so menus, messages and all of
 * Mantine's styles are fetched once its rows are on the screen. Pages other than the list ask for the styles at once.
 */
let release: () => void = () => {}
const shown = new Promise<void>((resolve) => {
  release = resolve
})

/** The rows are there, or somebody does not wait for them: fetch what else there is. */
export const loadTheRest = () => release()

/** The styles of everything but the list, and the font. */
export const loadStyles = () => import('./late-styles')

/** For `lazy`: `load`, with its styles, after the first list. */
export const later =
  <T>(load: () => Promise<T>) =>
  (): Promise<T> =>
    shown.then(() => Promise.all([load(), loadStyles()])).then(([module]) => module)
