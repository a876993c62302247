import { type ReactNode, useEffect, useRef } from 'react'

/** HTML that the server rendered and sanitised; nothing else may be passed here. */
export const Prose = ({ html, className = '' }: { html: string; className?: string }): ReactNode => {
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text has its own tables.
  useEffect(() => {
    for (const table of box.current?.querySelectorAll('table') ?? []) {
      // What scrolls must be reachable by keyboard.
      if (table.scrollWidth > table.clientWidth) table.tabIndex = 0
    }
  }, [html])
  // biome-ignore lint/security/noDangerouslySetInnerHtml: the server's sanitiser (kernel/richtext) made this HTML.
  return <div ref={box} className={`prose ${className}`} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
}
