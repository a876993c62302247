import { IconShieldCheck, IconShieldQuestion, IconShieldX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Tooltip } from '../../../../components/tooltip'
import type { MailVerdict } from '../../../../queries/mail'
import { standingOf } from '../../model/mail'
import classes from './mail.module.css'

const icons = { proved: IconShieldCheck, unproved: IconShieldQuestion, failed: IconShieldX } as const

/** Whether it is proved who wrote: an icon and a word, and what it means on hover. */
export function SenderBadge({ verdict }: { verdict: MailVerdict }) {
  const { t } = useTranslation('mail')
  const standing = standingOf(verdict)
  const Icon = icons[standing]
  return (
    <Tooltip label={t(`sender.${standing}Text`, { domain: verdict.domain || t('sender.noDomain') })}>
      <span className={classes.badge} data-standing={standing}>
        <Icon size={14} stroke={1.8} aria-hidden />
        {t(`sender.${standing}`)}
      </span>
    </Tooltip>
  )
}

const known = [
  'dkim_aligned',
  'spf_aligned',
  'front_says_so',
  'arc_says_so',
  'no_dmarc',
  'dmarc_none',
  'dmarc_quarantine',
  'dmarc_reject',
  'front_says_no',
  'from_missing',
  'from_several',
  'from_unclear',
  'dns_trouble',
  'took_too_long',
  'failed',
  'reply_to_elsewhere',
] as const
type Reason = (typeof known)[number]

const isKnown = (reason: string): reason is Reason => known.includes(reason as Reason)

const checks = ['spf', 'dkim', 'dmarc', 'arc'] as const

/** The reasons behind the badge in plain words, and what each check came to. */
export function Grounds({ verdict }: { verdict: MailVerdict }) {
  const { t } = useTranslation('mail')
  const reasons = verdict.reasons.filter(isKnown)
  return (
    <div className={classes.grounds}>
      {reasons.length > 0 && (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{t(`reasons.${reason}`)}</li>
          ))}
        </ul>
      )}
      <p className={classes.checks}>
        {checks.map((check) => (
          <span key={check}>
            <abbr title={t(`checks.${check}`)}>{check.toUpperCase()}</abbr> {t(`results.${verdict[check]}`)}
          </span>
        ))}
      </p>
    </div>
  )
}
