import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './mail.module.css'

/** The words are there; who really wrote them could not be fetched. */
export function MissingMails({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation(['mail', 'common'])
  return (
    <p className={classes.missing} role="alert">
      <IconAlertTriangle size={15} aria-hidden />
      {t('mail:line.missing')}
      <Button size="compact-xs" variant="subtle" onClick={onRetry}>
        {t('common:action.retry')}
      </Button>
    </p>
  )
}
