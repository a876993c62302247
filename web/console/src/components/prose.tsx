import type { ReactNode } from 'react'

/** HTML that the server rendered and sanitised; nothing else may be passed here. */
export const Prose = ({ html, className = '' }: { html: string; className?: string }): ReactNode => (
  // biome-ignore lint/security/noDangerouslySetInnerHtml: the server's sanitiser (kernel/richtext) made this HTML.
  <div className={`prose ${className}`} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
)
