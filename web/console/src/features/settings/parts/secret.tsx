import { Button, CopyButton, Modal } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'

/** A text to copy. */
export function Copyable({ value }: { value: string }) {
  const { t } = useTranslation('settings')
  return (
    <div className={classes.secret}>
      <code dir="ltr">{value}</code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            onClick={copy}
          >
            <span aria-live="polite">{t(copied ? 'copied' : 'copy')}</span>
          </Button>
        )}
      </CopyButton>
    </div>
  )
}

interface Props {
  title: string
  text?: string
  value: string | null
  onClose: () => void
}

/** A secret that the server tells once. Closing it is a decision, so a click beside it does nothing. */
export function SecretDialog({ title, text, value, onClose }: Props) {
  const { t } = useTranslation(['settings', 'common'])
  return (
    <Modal
      opened={value !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <p className={classes.text}>{text ?? t('settings:once')}</p>
      <Copyable value={value ?? ''} />
    </Modal>
  )
}
