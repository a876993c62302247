import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.layer.css'
import { useNarrow } from '../lib/use-narrow'

/** Where short messages appear: never over the composer. A file of its own, so that nobody waits for it. */
export function Toaster() {
  const narrow = useNarrow()
  return <Notifications position={narrow ? 'top-center' : 'bottom-left'} limit={3} containerWidth={380} />
}
