import { Progress } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props {
  label: string
  done: number
  total: number
}

/** How far something has come, as a bar that tells its name and share. */
export const Advance = ({ label, done, total }: Props): ReactNode => (
  <Progress.Root size="sm" w="100%">
    <Progress.Section value={total ? (100 * done) / total : 2} animated aria-label={label} />
  </Progress.Root>
)
