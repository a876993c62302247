import { IconChevronDown, IconDownload, IconMail } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Mail, type Recipient, rawMailUrl } from '../../../../queries/mail'
import { fullName, shortName } from '../../model/mail'
import classes from './mail.module.css'
import { Grounds, SenderBadge } from './sender-badge'

const shown = 3

/** Names in a row, and how many more there are. */
const listed = (people: Recipient[]): string => {
  const names = people.slice(0, shown).map(shortName).join(', ')
  return people.length > shown ? `${names} +${people.length - shown}` : names
}

/** From whom to whom a message went, in one line; the rest when it is pressed. */
export function MailLine({ mail }: { mail: Mail }) {
  const { t } = useTranslation('mail')
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const from = mail.sender ? shortName(mail.sender) : t('line.somebody')
  const names = { from, to: listed(mail.to) || t('line.nobody'), cc: listed(mail.cc) }
  return (
    <div className={classes.mail}>
      <div className={classes.line}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <IconMail size={14} aria-hidden />
          <bdi>{t(mail.cc.length > 0 ? 'line.withCc' : 'line.plain', names)}</bdi>
          <span className="visually-hidden">{t('line.details')}</span>
          <IconChevronDown size={14} aria-hidden className={classes.chevron} />
        </button>
        {mail.verdict && <SenderBadge verdict={mail.verdict} />}
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Details mail={mail} />}
      </div>
    </div>
  )
}

function Details({ mail }: { mail: Mail }) {
  const { t } = useTranslation('mail')
  const facts: [string, ReactNode][] = [
    [t('details.from'), mail.sender && <People people={[mail.sender]} />],
    [t('details.replyTo'), mail.reply_to && <People people={[mail.reply_to]} />],
    [t('details.to'), mail.to.length > 0 && <People people={mail.to} />],
    [t('details.cc'), mail.cc.length > 0 && <People people={mail.cc} />],
    [t('details.subject'), mail.subject && <bdi>{mail.subject}</bdi>],
    [t('details.sender'), mail.verdict && <Grounds verdict={mail.verdict} />],
  ]
  return (
    <div className={classes.details}>
      <dl>
        {facts
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {mail.has_raw && (
        <a href={rawMailUrl(mail)} download className={classes.original}>
          <IconDownload size={14} aria-hidden />
          {t('details.original')}
        </a>
      )}
    </div>
  )
}

const People = ({ people }: { people: Recipient[] }) =>
  people.map((person) => (
    <bdi key={person.address} className={classes.person}>
      {fullName(person)}
    </bdi>
  ))
