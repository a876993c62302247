import { Popover } from '@mantine/core'
import { IconCalendarClock } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../../components/icon-button'
import { Moments, moveFocus } from '../../actions/moments'

interface Props {
  canSend: boolean
  onSend: (at: string) => void
}

/** Let a mail leave at another moment. */
export function SendLater({ canSend, onSend }: Props) {
  const { t } = useTranslation('mail')
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="top-end" width={280} trapFocus>
      <Popover.Target>
        <IconButton
          label={t('compose.later')}
          hint="top"
          size="lg"
          aria-disabled={!canSend}
          data-disabled={!canSend || undefined}
          onClick={() => canSend && setOpened(!opened)}
        >
          <IconCalendarClock size={20} stroke={1.6} />
        </IconButton>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={t('compose.later')} onKeyDown={moveFocus}>
        <Moments
          act={t('compose.laterAct')}
          onChoose={(at) => {
            setOpened(false)
            onSend(at)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
