import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.layer.css'

/** Where short messages appear. A file of its own, so that nobody waits for it. */
export const Toaster = () => <Notifications position="bottom-center" limit={3} containerWidth={420} />
