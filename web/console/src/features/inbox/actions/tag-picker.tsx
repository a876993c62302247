import type { MyConversation } from '@rapport/client'
import { IconTag } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../components/icon-button'
import { Picker } from '../../../components/picker'
import { tagsQuery } from '../../../queries/people'
import { TagDot } from '../list/tag-dot'
import classes from './actions.module.css'
import { useChange } from './use-change'

interface Props {
  conversation: MyConversation
  opened: boolean
  onOpenedChange: (opened: boolean) => void
  /** Opened from a menu: the list needs a place, but no button. */
  isHidden?: boolean
}

/** The tags of the conversation; the list stays open for several. */
export function TagPicker({ conversation, opened, onOpenedChange, isHidden = false }: Props) {
  const { t } = useTranslation('inbox')
  const change = useChange(conversation)
  const tags = useQuery(tagsQuery).data ?? []
  const toggle = (id: string) => {
    const has = conversation.tag_ids.includes(id)
    const next = has ? conversation.tag_ids.filter((each) => each !== id) : [...conversation.tag_ids, id]
    change.mutate({ kind: 'tags', tag_ids: next })
  }
  return (
    <Picker
      opened={opened}
      onOpenedChange={onOpenedChange}
      label={t('actions.findTag')}
      choices={tags.map((tag) => ({ id: tag.id, label: tag.name, mark: <TagDot colour={tag.colour} /> }))}
      chosen={conversation.tag_ids}
      onChoose={toggle}
    >
      {isHidden ? (
        <span className={classes.hiddenTarget} />
      ) : (
        <IconButton
          label={t('actions.tag')}
          keys="l"
          size="lg"
          aria-haspopup="listbox"
          onClick={() => onOpenedChange(!opened)}
        >
          <IconTag size={20} stroke={1.6} />
        </IconButton>
      )}
    </Picker>
  )
}
