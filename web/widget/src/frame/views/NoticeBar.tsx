import type { Notice } from '../state/state'
import { useScene } from './context'
import { Icon } from './icons'
import { sizeWords } from './time'

/** What stands in the way, and what to do about it. Being offline says so by itself; the rest is told once. */
export function NoticeBar() {
  const { chat, state, language } = useScene()
  const { t } = language
  const words = (notice: Notice): string => {
    switch (notice.kind) {
      case 'away':
        return t('away')
      case 'busy':
        return t('busy', { n: notice.seconds })
      case 'identity':
        return t(notice.isRefused ? 'identity_refused' : 'identity')
      case 'file': {
        const size = sizeWords(state.config?.max_file_bytes ?? 0, language)
        return t(`file_${notice.reason}`, { name: notice.name, size, detail: notice.detail })
      }
    }
  }
  const isAway = state.session === 'ready' && state.connection === 'waiting'
  const notice: Notice | null = state.notice ?? (isAway ? { kind: 'away' } : null)
  const text = state.connection === 'offline' ? t('offline') : notice ? words(notice) : null
  return (
    <div class="notice-region" role="status">
      {text && (
        <div class="notice">
          <p>{text}</p>
          {state.notice && (
            <button type="button" class="plain" aria-label={t('dismiss')} onClick={() => chat.notify(null)}>
              <Icon name="remove" />
            </button>
          )}
        </div>
      )}
    </div>
  )
}
