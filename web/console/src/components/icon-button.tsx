import { ActionIcon, type ActionIconProps } from '@mantine/core'
import type { ComponentProps } from 'react'
import { Hint } from './key-hint'
import type { TooltipSide } from './tooltip'

interface Props extends ActionIconProps, Omit<ComponentProps<'button'>, keyof ActionIconProps> {
  label: string
  keys?: string
  hint?: TooltipSide
}

/** A quiet button that is an icon; its tooltip says what it does, and the key that does it too. */
export const IconButton = ({ label, keys, hint = 'bottom', ...button }: Props) => (
  <Hint label={label} keys={keys} position={hint}>
    <ActionIcon variant="subtle" color="gray" aria-label={label} {...button} />
  </Hint>
)
