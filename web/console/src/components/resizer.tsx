import { useDirection } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import classes from './resizer.module.css'

interface Props {
  label: string
  width: number
  min: number
  max: number
  /** Which neighbour the width belongs to: the pane before the edge, or the one after it. */
  side: 'before' | 'after'
  onChange: (width: number) => void
}

/** The edge between two panes: drag it, or move it with the arrow keys. */
export function Resizer({ label, width, min, max, side, onChange }: Props) {
  const { dir } = useDirection()
  const start = useRef<{ x: number; width: number } | null>(null)
  const sign = (side === 'before' ? 1 : -1) * (dir === 'rtl' ? -1 : 1)
  const clamp = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next))))

  const drag = (event: PointerEvent) => {
    if (start.current) clamp(start.current.width + sign * (event.clientX - start.current.x))
  }
  const key = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 16 : event.key === 'ArrowLeft' ? -16 : 0
    if (step === 0) return
    event.preventDefault()
    clamp(width + sign * step)
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator with a value is the ARIA window splitter.
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      className={classes.resizer}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width }
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        start.current = null
      }}
      onKeyDown={key}
    />
  )
}
