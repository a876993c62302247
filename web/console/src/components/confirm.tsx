import { Button, Group, Modal, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface Props {
  opened: boolean
  title: string
  text: string
  /** The act, as a verb. */
  act: string
  isBusy?: boolean
  onAct: () => void
  onClose: () => void
}

/** For what cannot be undone: names the thing and what follows. */
export function Confirm({ opened, title, text, act, isBusy = false, onAct, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Text mb="md">{text}</Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('action.cancel')}
        </Button>
        <Button color="red" loading={isBusy} onClick={onAct}>
          {act}
        </Button>
      </Group>
    </Modal>
  )
}
