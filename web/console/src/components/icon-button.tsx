import { ActionIcon, type ActionIconProps, type TooltipProps } from '@mantine/core'
import type { ComponentProps } from 'react'
import { Hint } from './key-hint'

interface Props extends ActionIconProps, Omit<ComponentProps<'button'>, keyof ActionIconProps> {
  label: string
  keys?: string
  hint?: TooltipProps['position']
}

/** A quiet button that is an icon; its tooltip says what it does, and the key that does it too. */
export const IconButton = ({ label, keys, hint = 'bottom', ...button }: Props) => (
  <Hint label={label} keys={keys} position={hint}>
    <ActionIcon variant="subtle" color="gray" aria-label={label} {...button} />
  </Hint>
)
