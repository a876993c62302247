import { ActionIcon, Button, Menu } from '@mantine/core'
import type { Macro } from '@rapport/client'
import {
  IconBold,
  IconChevronDown,
  IconCode,
  IconEye,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconPaperclip,
  IconPencil,
} from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { Hint } from '../../../components/key-hint'
import classes from './composer.module.css'
import { EmojiPicker } from './emoji'
import { MacroPicker } from './macro-picker'
import type { Format } from './markdown'

const tools = [
  { how: 'bold', icon: IconBold, keys: 'mod+b' },
  { how: 'italic', icon: IconItalic, keys: 'mod+i' },
  { how: 'link', icon: IconLink, keys: 'mod+k' },
  { how: 'bullets', icon: IconList, keys: undefined },
  { how: 'numbers', icon: IconListNumbers, keys: undefined },
  { how: 'code', icon: IconCode, keys: 'mod+e' },
] as const

interface ToolsProps {
  isPreview: boolean
  isPickingMacro: boolean
  onPickingMacro: (opened: boolean) => void
  onFormat: (how: Format) => void
  onFiles: (files: File[]) => void
  onInsert: (text: string) => void
  onMacro: (macro: Macro) => void
  onPreview: () => void
}

/** What can be put into the text, and how it will look. */
export function Tools({
  isPreview,
  isPickingMacro,
  onPickingMacro,
  onFormat,
  onFiles,
  onInsert,
  onMacro,
  onPreview,
}: ToolsProps) {
  const { t } = useTranslation('inbox')
  return (
    <div className={classes.tools} role="toolbar" aria-label={t('composer.format')}>
      {tools.map(({ how, icon: Icon, keys: shortcut }) => (
        <Hint key={how} label={t(`composer.formats.${how}`)} keys={shortcut} position="top">
          <ActionIcon
            className={classes.formatTool}
            variant="subtle"
            color="gray"
            aria-label={t(`composer.formats.${how}`)}
            disabled={isPreview}
            onClick={() => onFormat(how)}
          >
            <Icon size={18} stroke={1.6} />
          </ActionIcon>
        </Hint>
      ))}
      <AttachButton onFiles={onFiles} />
      <EmojiPicker onPick={onInsert} />
      <MacroPicker opened={isPickingMacro} onOpenedChange={onPickingMacro} onPick={onMacro} />
      <Hint label={t(isPreview ? 'composer.write' : 'composer.preview')} position="top">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-pressed={isPreview}
          aria-label={t('composer.preview')}
          onClick={onPreview}
        >
          {isPreview ? <IconPencil size={18} stroke={1.6} /> : <IconEye size={18} stroke={1.6} />}
        </ActionIcon>
      </Hint>
    </div>
  )
}

function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation('inbox')
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('composer.attach')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <IconButton label={t('composer.attach')} hint="top" onClick={() => input.current?.click()}>
        <IconPaperclip size={18} stroke={1.6} />
      </IconButton>
    </>
  )
}

interface SendProps {
  isNote: boolean
  canSend: boolean
  onSend: (resolve: boolean) => void
  /** Continue by mail to this address, where that is possible and not the way already. */
  byMail: { address: string } | null
  onByMail: () => void
}

/** Send, or send and resolve; a note is added in its own colour, so that nobody sends one by mistake. */
export function SendButtons({ isNote, canSend, onSend, byMail, onByMail }: SendProps) {
  const { t } = useTranslation(['inbox', 'mail'])
  return (
    <Button.Group>
      <Hint label={t(isNote ? 'inbox:composer.addNote' : 'inbox:composer.send')} keys="mod+Enter" position="top">
        <Button
          className={classes.send}
          data-note={isNote}
          aria-disabled={!canSend}
          data-disabled={!canSend || undefined}
          onClick={() => onSend(false)}
        >
          {t(isNote ? 'inbox:composer.addNote' : 'inbox:composer.send')}
        </Button>
      </Hint>
      {!isNote && (
        <Menu position="top-end">
          <Menu.Target>
            <Button
              px={8}
              aria-label={t('inbox:composer.sendOptions')}
              className={classes.sendMore}
              aria-disabled={!canSend && !byMail}
            >
              <IconChevronDown size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onSend(true)} disabled={!canSend}>
              {t('inbox:composer.sendResolve')}
            </Menu.Item>
            {byMail && <Menu.Item onClick={onByMail}>{t('mail:offer.accept', { address: byMail.address })}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
    </Button.Group>
  )
}
