/** As a `ref`: what is chosen in a row that scrolls is seen. */
export function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
}
