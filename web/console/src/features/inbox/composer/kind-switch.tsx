import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './composer.module.css'

interface Props {
  kind: 'message' | 'note'
  onChange: (kind: 'message' | 'note') => void
}

/** Reply or note: two radio buttons that look like one switch. */
export function KindSwitch({ kind, onChange }: Props) {
  const { t } = useTranslation('inbox')
  const name = useId()
  return (
    <fieldset className={classes.kinds}>
      <legend className="visually-hidden">{t('composer.kind')}</legend>
      {(['message', 'note'] as const).map((each) => (
        <label key={each} className={classes.kindChoice} data-chosen={each === kind}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={each === kind}
            onChange={() => onChange(each)}
          />
          {t(each === 'note' ? 'composer.note' : 'composer.reply')}
        </label>
      ))}
    </fieldset>
  )
}
