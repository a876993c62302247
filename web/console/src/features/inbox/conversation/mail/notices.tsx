import {
  IconArrowForwardUp,
  IconCalendarEvent,
  IconClockExclamation,
  IconFileOff,
  IconLock,
  IconPhotoOff,
  IconSignature,
  IconSpeakerphone,
  IconUserShield,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Mail } from '../../../../queries/mail'
import classes from './mail.module.css'

const icons = {
  encrypted: IconLock,
  signed: IconSignature,
  invite: IconCalendarEvent,
  images_blocked: IconPhotoOff,
  attachment_withheld: IconFileOff,
  late: IconClockExclamation,
  forwarded: IconArrowForwardUp,
  from_agent: IconUserShield,
  from_us: IconUserShield,
  bulk: IconSpeakerphone,
  list: IconSpeakerphone,
} as const
type Notice = keyof typeof icons

const isKnown = (code: string): code is Notice => code in icons

/** What there is to tell beside the words, such as that pictures are blocked. */
export function Notices({ mail }: { mail: Mail }) {
  const { t } = useTranslation('mail')
  const codes = [...mail.notices, ...(mail.auto ? [mail.auto] : [])].filter(isKnown)
  if (codes.length === 0) return null
  return (
    <ul className={classes.notices} aria-label={t('notices.label')}>
      {codes.map((code) => {
        const Icon = icons[code]
        return (
          <li key={code}>
            <Icon size={14} aria-hidden />
            {t(`notices.${code}`)}
          </li>
        )
      })}
    </ul>
  )
}
