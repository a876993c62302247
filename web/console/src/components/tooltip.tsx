import {
  cloneElement,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { createStore, useStore } from '../lib/store'
import classes from './tooltip.module.css'

export type TooltipSide = 'top' | 'bottom' | 'left' | 'right'

interface Shown {
  target: Element
  label: ReactNode
  side: TooltipSide
}

interface Handlers {
  onPointerEnter?: (event: PointerEvent<Element>) => void
  onPointerLeave?: (event: PointerEvent<Element>) => void
  onPointerDown?: (event: PointerEvent<Element>) => void
  onFocus?: (event: FocusEvent<Element>) => void
  onBlur?: (event: FocusEvent<Element>) => void
}

interface Props {
  label: ReactNode
  position?: TooltipSide
  disabled?: boolean
  children: ReactElement
}

const openDelayMs = 350
const gap = 6
const bubbleId = 'tooltip'
const shown = createStore<Shown | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

function show(next: Shown, delayMs: number) {
  clearTimeout(timer)
  timer = setTimeout(() => {
    next.target.setAttribute('aria-describedby', bubbleId)
    shown.set(next)
  }, delayMs)
}

function hide() {
  clearTimeout(timer)
  const open = shown.get()
  if (!open) return
  open.target.removeAttribute('aria-describedby')
  shown.set(null)
}

/**
 * Says more about a control or a mark when it is pointed at or has the focus.
 *
 * The page has one bubble (`TooltipBubble`) for all of them, so that a list of thousands pays for none.
 */
export function Tooltip({ label, position = 'bottom', disabled, children }: Props) {
  const child = children as ReactElement<Handlers>
  const own = child.props
  const open = (target: Element, delayMs: number) => {
    if (!disabled && label) show({ target, label, side: position }, delayMs)
  }
  return cloneElement(child, {
    onPointerEnter: (event) => {
      own.onPointerEnter?.(event)
      if (event.pointerType !== 'touch') open(event.currentTarget, openDelayMs)
    },
    onPointerLeave: (event) => {
      own.onPointerLeave?.(event)
      hide()
    },
    onPointerDown: (event) => {
      own.onPointerDown?.(event)
      hide()
    },
    onFocus: (event) => {
      own.onFocus?.(event)
      if (event.currentTarget.matches(':focus-visible')) open(event.currentTarget, 0)
    },
    onBlur: (event) => {
      own.onBlur?.(event)
      hide()
    },
  })
}

/** Where tooltips appear; once, at the root. */
export function TooltipBubble() {
  const open = useStore(shown)
  const bubble = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ top: 0, left: 0 })
  useLayoutEffect(() => {
    if (!open || !bubble.current) return
    setPlace(placeOf(open, bubble.current.getBoundingClientRect()))
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && hide()
    document.addEventListener('keydown', onKey)
    document.addEventListener('scroll', hide, true)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('scroll', hide, true)
    }
  }, [open])
  if (!open) return null
  return (
    <div ref={bubble} id={bubbleId} role="tooltip" className={classes.bubble} style={place}>
      {open.label}
    </div>
  )
}

const opposite = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' } as const

/** Beside the target on the wished side, or on the other where there is no room, and always on the screen. */
function placeOf({ target, side }: Shown, { width, height }: DOMRect) {
  const at = target.getBoundingClientRect()
  const isMirrored = document.documentElement.dir === 'rtl' && (side === 'left' || side === 'right')
  const wished = isMirrored ? opposite[side] : side
  const room = {
    top: at.top - height - gap,
    left: at.left - width - gap,
    bottom: window.innerHeight - at.bottom - height - gap,
    right: window.innerWidth - at.right - width - gap,
  }
  const chosen = room[wished] < 0 && room[opposite[wished]] > room[wished] ? opposite[wished] : wished
  const middle = { top: at.top + (at.height - height) / 2, left: at.left + (at.width - width) / 2 }
  const found = {
    top: { ...middle, top: at.top - height - gap },
    bottom: { ...middle, top: at.bottom + gap },
    left: { ...middle, left: at.left - width - gap },
    right: { ...middle, left: at.right + gap },
  }[chosen]
  return {
    top: Math.max(gap, Math.min(found.top, window.innerHeight - height - gap)),
    left: Math.max(gap, Math.min(found.left, window.innerWidth - width - gap)),
  }
}
