import type { ReactElement, ReactNode } from 'react'
import { keyCaps } from '../lib/keys'
import classes from './key-hint.module.css'
import { Tooltip, type TooltipSide } from './tooltip'

/** The caps of a shortcut, as in `Ctrl K`. */
export const Keys = ({ keys }: { keys: string }): ReactNode => (
  <span className={classes.keys} aria-hidden>
    {keyCaps(keys).map((cap) => (
      <kbd key={cap}>{cap}</kbd>
    ))}
  </span>
)

interface Props {
  label: string
  keys?: string
  position?: TooltipSide
  children: ReactElement
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
