import { IconDots } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Prose } from '../../../../components/prose'
import classes from './mail.module.css'

/** What was taken off a message, quotes and signature, kept behind a button. */
export function Quoted({ html }: { html: string }) {
  const { t } = useTranslation('mail')
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  return (
    <div className={classes.quoted}>
      <button
        type="button"
        className={classes.quotedFold}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <IconDots size={16} aria-hidden />
        {t(isOpen ? 'quoted.hide' : 'quoted.show')}
      </button>
      <div id={id} hidden={!isOpen} className={classes.quotedText}>
        {isOpen && <Prose html={html} />}
      </div>
    </div>
  )
}
