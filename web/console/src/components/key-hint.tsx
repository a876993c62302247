import { Kbd, Tooltip, type TooltipProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { keyCaps } from '../lib/keys'
import classes from './key-hint.module.css'

/** The caps of a shortcut, as in `Ctrl K`. */
export const Keys = ({ keys }: { keys: string }): ReactNode => (
  <span className={classes.keys} aria-hidden>
    {keyCaps(keys).map((cap) => (
      <Kbd key={cap} size="xs">
        {cap}
      </Kbd>
    ))}
  </span>
)

interface Props {
  label: string
  keys?: string
  position?: TooltipProps['position']
  children: TooltipProps['children']
}

/** Says what a control does, and the key that does it too. */
export const Hint = ({ label, keys, position = 'bottom', children }: Props) => (
  <Tooltip
    position={position}
    label={
      <span className={classes.hint}>
        {label}
        {keys && <Keys keys={keys} />}
      </span>
    }
  >
    {children}
  </Tooltip>
)
