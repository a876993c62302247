import { ActionIcon, Button } from '@mantine/core'
import { IconArrowBackUp, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Hint } from '../../../components/key-hint'

interface Props {
  isResolved: boolean
  isIcon: boolean
  onPress: () => void
}

/** The end of a conversation, or its new beginning. */
export function ResolveButton({ isResolved, isIcon, onPress }: Props) {
  const { t } = useTranslation('inbox')
  return (
    <Hint label={t(isResolved ? 'actions.reopen' : 'actions.resolve')} keys="e">
      {isIcon ? (
        <ActionIcon
          variant={isResolved ? 'default' : 'light'}
          size="lg"
          aria-label={t(isResolved ? 'actions.reopen' : 'actions.resolve')}
          onClick={onPress}
        >
          {isResolved ? <IconArrowBackUp size={20} /> : <IconCheck size={20} />}
        </ActionIcon>
      ) : (
        <Button
          size="compact-md"
          variant={isResolved ? 'default' : 'light'}
          leftSection={isResolved ? <IconArrowBackUp size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />}
          onClick={onPress}
        >
          {t(isResolved ? 'actions.reopen' : 'actions.resolve')}
        </Button>
      )}
    </Hint>
  )
}
