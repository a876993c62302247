import { Icon } from './icons'

/** The first letters of the first and last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words
  return chosen.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('')
}

export function Avatar({ name, kind }: { name: string; kind: 'agent' | 'assistant' }) {
  return (
    <span class={`avatar ${kind}`} aria-hidden="true">
      {kind === 'assistant' ? <Icon name="assistant" /> : initials(name)}
    </span>
  )
}
