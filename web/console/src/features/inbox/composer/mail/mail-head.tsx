import { Button } from '@mantine/core'
import { IconAlertTriangle, IconChevronDown, IconMail, IconShieldQuestion } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../lib/use-format'
import type { MailWarning, ReplyDefaults } from '../../../../queries/mail'
import { fullName, shortName } from '../../model/mail'
import { reachOf, warningsFor } from './fields'
import classes from './mail-composer.module.css'
import { RecipientsField } from './recipients-field'
import type { MailWay } from './use-mail-way'

interface Props {
  way: MailWay
  /** The way back to the conversation's own channel, where there is one. */
  onLeave: (() => void) | null
}

/** To whom an answer goes: one line until more is wanted. */
export function MailHead({ way, onLeave }: Props) {
  const { t } = useTranslation('mail')
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const { defaults, fields, fault } = way
  const isShown = isOpen || fault !== null
  const names = (people: MailWay['fields']['to']) => people.map(shortName).join(', ')
  const listed = { to: names(fields.to) || t('line.nobody'), cc: names([...fields.cc, ...fields.bcc]) }
  if (defaults?.why_not && defaults.why_not !== 'no_address') {
    return <WhyNot reason={defaults.why_not} onLeave={onLeave} />
  }
  return (
    <div className={classes.head}>
      <div className={classes.summary}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={isShown}
          aria-controls={id}
          onClick={() => setOpen(!isShown)}
        >
          <IconMail size={15} aria-hidden />
          <bdi>{way.isPending ? t('compose.loading') : t(listed.cc ? 'held.toCc' : 'held.to', listed)}</bdi>
          <span className="visually-hidden">{t('compose.details')}</span>
          <IconChevronDown size={14} aria-hidden className={classes.chevron} />
        </button>
        {defaults && defaults.cc.length > 0 && <ReachSwitch way={way} defaults={defaults} />}
        {onLeave && (
          <Button size="compact-xs" variant="subtle" onClick={onLeave}>
            {t('compose.backToChat')}
          </Button>
        )}
      </div>
      <div id={id} hidden={!isShown} className={classes.fields}>
        {isShown && <Fields way={way} />}
      </div>
      {way.isMissing && <Missing onRetry={way.retry} />}
      {fault === 'invalid' && <Remark text={t('compose.someInvalid')} />}
      {defaults && !defaults.is_authenticated && defaults.to.length > 0 && !onLeave && isShown && (
        <p className={classes.remark}>
          <IconShieldQuestion size={15} aria-hidden />
          {t('compose.unproved')}
        </p>
      )}
      {warningsFor(defaults, fields).map((warning) => (
        <Warning key={warning.address + warning.kind} warning={warning} />
      ))}
    </div>
  )
}

/** Answer only the sender, or everybody who got the message. */
function ReachSwitch({ way, defaults }: { way: MailWay; defaults: ReplyDefaults }) {
  const { t } = useTranslation('mail')
  const name = useId()
  const reach = reachOf(defaults, way.fields)
  const choose = (cc: ReplyDefaults['cc']) => way.change({ to: defaults.to, cc, bcc: [] })
  return (
    <fieldset className={classes.reach}>
      <legend className="visually-hidden">{t('compose.reach')}</legend>
      {(['sender', 'all'] as const).map((each) => (
        <label key={each} data-chosen={each === reach}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={each === reach}
            onChange={() => choose(each === 'all' ? defaults.cc : [])}
          />
          {t(`compose.${each}`)}
        </label>
      ))}
    </fieldset>
  )
}

function Fields({ way }: { way: MailWay }) {
  const { t } = useTranslation('mail')
  const subject = useId()
  const { fields, defaults, change } = way
  const [isCcAsked, setCcAsked] = useState(false)
  const isCcShown = isCcAsked || fields.cc.length > 0 || fields.bcc.length > 0
  return (
    <>
      {defaults?.from && (
        <p className={classes.row}>
          <span>{t('details.from')}</span>
          <bdi>{fullName(defaults.from)}</bdi>
        </p>
      )}
      <RecipientsField label={t('details.to')} people={fields.to} onChange={(to) => change({ to })} />
      {isCcShown ? (
        <>
          <RecipientsField
            label={t('details.cc')}
            people={fields.cc}
            onChange={(cc) => change({ cc })}
            isFocused={isCcAsked}
          />
          <RecipientsField label={t('details.bcc')} people={fields.bcc} onChange={(bcc) => change({ bcc })} />
        </>
      ) : (
        <Button size="compact-xs" variant="subtle" className={classes.more} onClick={() => setCcAsked(true)}>
          {t('compose.addCc')}
        </Button>
      )}
      <div className={classes.row}>
        <label htmlFor={subject}>{t('details.subject')}</label>
        <input
          id={subject}
          className={classes.subject}
          type="text"
          maxLength={200}
          dir="auto"
          value={fields.subject}
          onChange={(event) => change({ subject: event.currentTarget.value })}
        />
      </div>
      {defaults?.can_quote && (
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={fields.quote}
            onChange={(event) => change({ quote: event.currentTarget.checked })}
          />
          {t('compose.quote')}
        </label>
      )}
    </>
  )
}

function Missing({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation(['mail', 'common'])
  return (
    <p className={classes.warning} role="status">
      <IconAlertTriangle size={15} aria-hidden />
      {t('mail:compose.missing')}
      <Button size="compact-xs" variant="subtle" onClick={onRetry}>
        {t('common:action.retry')}
      </Button>
    </p>
  )
}

const Remark = ({ text }: { text: string }) => (
  <p className={classes.warning} role="status">
    <IconAlertTriangle size={15} aria-hidden />
    {text}
  </p>
)

function Warning({ warning }: { warning: MailWarning }) {
  const { t } = useTranslation('mail')
  const format = useFormat()
  const text = t(`warning.${warning.kind}`, { address: warning.address, date: format.date(warning.at) })
  return <Remark text={warning.detail ? `${text} ${warning.detail}` : text} />
}

function WhyNot({
  reason,
  onLeave,
}: {
  reason: 'no_mailbox' | 'not_sending' | 'erased'
  onLeave: (() => void) | null
}) {
  const { t } = useTranslation('mail')
  return (
    <div className={classes.head}>
      <Remark text={t(`whyNot.${reason}`)} />
      {onLeave && (
        <Button size="compact-xs" variant="subtle" onClick={onLeave}>
          {t('compose.backToChat')}
        </Button>
      )}
    </div>
  )
}
