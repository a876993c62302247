import { IconSparkles } from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import classes from './person.module.css'

const initials = (name: string) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((part) => part[0]?.toUpperCase())
    .join('')

const hueOf = (text: string) => {
  let hash = 0
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360
  return hash
}

const faceOf = (name: string, size: number) =>
  ({
    '--person-hue': hueOf(name),
    width: size,
    height: size,
    fontSize: Math.max(9, Math.round(size * 0.38)),
  }) as CSSProperties

interface Props {
  name: string
  size?: number
  online?: boolean
}

/** A person's initials in a colour of their own. The name stands beside it or in its label. */
export const Person = ({ name, size = 28, online }: Props) => (
  <span className={classes.person}>
    <span className={classes.face} aria-hidden data-initials={initials(name) || '?'} style={faceOf(name, size)} />
    {online && <span className={classes.online} aria-hidden />}
  </span>
)

/** The assistant's own mark. */
export const AssistantMark = ({ size = 28 }: { size?: number }) => (
  <span className={classes.assistant} style={{ width: size, height: size }} aria-hidden>
    <IconSparkles size={Math.round(size * 0.6)} stroke={1.8} />
  </span>
)
