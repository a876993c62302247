import type { ConnectionState } from '@rapport/realtime'
import { IconCloudOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../lib/realtime'
import { useOnline } from '../lib/use-online'
import classes from './shell.module.css'

/** Says when what is on the screen may be old, and that nothing written is lost. */
export function OfflineBanner() {
  const { t } = useTranslation()
  const online = useOnline()
  const connection = useLasting(useConnection(), 4_000)
  const text = !online
    ? t('shell.offline')
    : connection === 'waiting'
      ? t('shell.reconnecting')
      : connection === 'refused'
        ? t('shell.refused')
        : null
  return (
    <div role="status">
      {text && (
        <div className={classes.banner}>
          <IconCloudOff size={16} aria-hidden />
          {text}
        </div>
      )}
    </div>
  )
}

/** `live` at once, anything else only when it lasts: a short hiccup is nobody's business. */
function useLasting(connection: ConnectionState, afterMs: number): ConnectionState {
  const [shown, setShown] = useState<ConnectionState>('connecting')
  const isLost = connection === 'waiting' || connection === 'connecting'
  useEffect(() => {
    if (!isLost) return setShown(connection)
    const timer = setTimeout(() => setShown('waiting'), afterMs)
    return () => clearTimeout(timer)
  }, [connection, isLost, afterMs])
  return shown
}
