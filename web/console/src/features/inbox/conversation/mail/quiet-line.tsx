import type { Message } from '@rapport/client'
import { IconMailOff, IconMailOpened, IconPlane } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Prose } from '../../../../components/prose'
import { Tooltip } from '../../../../components/tooltip'
import { useFormat } from '../../../../lib/use-format'
import type { Mail } from '../../../../queries/mail'
import { shortName } from '../../model/mail'
import classes from './mail.module.css'
import { MailLine } from './mail-line'

const icons = { reply: IconPlane, bounce: IconMailOff, receipt: IconMailOpened } as const
type Kind = keyof typeof icons

/** What a machine wrote: one quiet line, its text when wanted. */
export function QuietLine({ message, mail }: { message: Message; mail: Mail }) {
  const { t } = useTranslation('mail')
  const format = useFormat()
  const id = useId()
  const kind = mail.auto as Kind
  const [isOpen, setOpen] = useState(kind === 'bounce')
  const Icon = icons[kind]
  const name = mail.sender ? shortName(mail.sender) : t('line.somebody')
  return (
    <div className={classes.quiet} data-kind={kind}>
      <p className={classes.quietTop}>
        <Icon size={15} aria-hidden />
        <Tooltip label={format.exact(message.created_at)}>
          <span>{t(`quiet.${kind}`, { name })}</span>
        </Tooltip>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'quiet.hide' : 'quiet.show')}
        </button>
      </p>
      <div id={id} hidden={!isOpen} className={classes.quietText}>
        {isOpen && (
          <>
            <Prose html={message.html} />
            <MailLine mail={mail} />
          </>
        )}
      </div>
    </div>
  )
}
