import { useEffect, useRef, useState } from 'preact/hooks'
import { useScene } from './context'

const emoji = [...'😀😅😂🙂😉😍🤔😕😢😡👍👎🙏👏👋💪🎉❤🔥✨✅❌❓⭐🚚📦💳🧾📷⏰🌍☕']
const perRow = 8

const moves: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }

/** A small grid; arrows move, Enter inserts, Escape closes. */
export function EmojiPicker({ onPick, onClose }: { onPick(emoji: string): void; onClose(): void }) {
  const { t, direction } = useScene().language as { t: (key: 'emoji') => string; direction: string }
  const [at, setAt] = useState(0)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    box.current?.querySelectorAll('button')[at]?.focus()
  }, [at])

  useEffect(() => {
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) onClose()
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [onClose])

  return (
    <div
      ref={box}
      class="emoji"
      role="dialog"
      aria-label={t('emoji')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault()
          onClose()
        }
        const isSideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight'
        const step = (moves[event.key] ?? 0) * (isSideways && direction === 'rtl' ? -1 : 1)
        if (!step) return
        event.preventDefault()
        setAt((known) => Math.max(0, Math.min(emoji.length - 1, known + step)))
      }}
    >
      {emoji.map((sign, index) => (
        <button key={sign} type="button" tabIndex={index === at ? 0 : -1} onClick={() => onPick(sign)}>
          {sign}
        </button>
      ))}
    </div>
  )
}
