import { Button } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './mail-composer.module.css'

/** The visitor has left: their answer can follow them by mail. */
export function MailOffer({ address, onAccept }: { address: string; onAccept: () => void }) {
  const { t } = useTranslation('mail')
  return (
    <div className={classes.offer}>
      <IconMailForward size={16} aria-hidden />
      <span>{t('offer.left')}</span>
      <Button size="compact-xs" variant="light" onClick={onAccept}>
        {t('offer.accept', { address })}
      </Button>
    </div>
  )
}
