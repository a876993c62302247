import { IconTrendingUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './recurring.module.css'

/** That an issue comes up more than its own weeks before let expect: said, drawn and coloured. */
export function GrowthMark() {
  const { t } = useTranslation('recurring')
  return (
    <span className={classes.mark} data-growing>
      <IconTrendingUp size={14} aria-hidden />
      {t('growing')}
    </span>
  )
}
