import { Popover } from '@mantine/core'
import { IconMoodSmile } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import classes from './composer.module.css'

const emoji = [
  ...'😀😄😊🙂😉😍🥰😎🤔😅😂🥲😢😮😬🙈👍👎👏🙏💪🤝👋✌️👌🎉🎁🔥✨⭐❤️💙💚✅❌⚠️❓💡📦🚚📎📷📞📧⏰📅🔒🔑🛠️',
].filter((each) => each !== '\uFE0F')

/** The faces and signs that support people use; the system's own picker has the rest. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation('inbox')
  const [open, setOpen] = useState(false)
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus>
      <Popover.Target>
        <IconButton label={t('composer.emoji')} hint="top" onClick={() => setOpen(!open)}>
          <IconMoodSmile size={18} stroke={1.6} />
        </IconButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('composer.emoji')}>
        <div className={classes.emoji}>
          {emoji.map((each) => (
            <button
              key={each}
              type="button"
              onClick={() => {
                setOpen(false)
                onPick(each)
              }}
            >
              {each}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
