import { notifications } from '@mantine/notifications'
import i18next from 'i18next'
import { explain } from './explain'

/** Say that something did not work, and why. */
export const sayFailed = (error: unknown) => {
  const title = i18next.getFixedT(null, 'common')('state.failed')
  notifications.show({ color: 'red', title, message: explain(error) })
}
