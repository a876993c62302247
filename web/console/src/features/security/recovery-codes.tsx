import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './security.module.css'

interface Props {
  codes: string[]
  onDone: () => void
}

/** Ten codes for the day the phone is gone; the server tells them once. */
export function RecoveryCodes({ codes, onDone }: Props) {
  const { t } = useTranslation('security')
  const text = codes.join('\n')
  return (
    <div className={classes.form}>
      <p className={classes.text}>{t('codes.text')}</p>
      <ul className={classes.codes} dir="ltr" aria-label={t('codes.title')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={classes.actions}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              <span aria-live="polite">{t(copied ? 'codes.copied' : 'codes.copy')}</span>
            </Button>
          )}
        </CopyButton>
        <Button
          component="a"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
          download="rapport-recovery-codes.txt"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('codes.download')}
        </Button>
        <Button onClick={onDone}>{t('codes.done')}</Button>
      </div>
    </div>
  )
}
