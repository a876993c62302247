import { ActionIcon, Button, Menu, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Article } from '@rapport/client'
import { IconArrowLeft, IconDots, IconExternalLink, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Hint } from '../../components/key-hint'
import { explain } from '../../lib/explain'
import { useShortcuts } from '../../lib/keys'
import { useNarrow } from '../../lib/use-narrow'
import { useDeleteArticle, usePublish } from './api'
import classes from './knowledge.module.css'

interface Props {
  article: Article
  title: string
  isChanged: boolean
  save: { isPending: boolean; error: unknown }
  onSave: () => Promise<void>
}

/** The article's state, and what can be done with the whole of it. */
export function ArticleHeader({ article, title, isChanged, save, onSave }: Props) {
  const { t } = useTranslation(['knowledge', 'common'])
  const narrow = useNarrow()
  const navigate = useNavigate()
  const publish = usePublish(article.id)
  const [isDeleting, setDeleting] = useState(false)
  const isPublished = article.status === 'published'
  const fail = (error: unknown) =>
    notifications.show({ color: 'red', title: t('common:state.failed'), message: explain(error) })
  const store = () => onSave().catch(fail)
  const toggle = async () => {
    try {
      await onSave()
      await publish.mutateAsync(!isPublished)
      notifications.show({ message: t(isPublished ? 'knowledge:editor.unpublished' : 'knowledge:editor.published') })
    } catch (error) {
      fail(error)
    }
  }
  useShortcuts([
    { keys: 'mod+s', label: t('knowledge:editor.save'), group: t('knowledge:title'), run: () => void store() },
  ])

  return (
    <header className={classes.header}>
      {narrow && <h1 className="visually-hidden">{title}</h1>}
      {narrow && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('common:action.back')}
          onClick={() => void navigate({ to: '/knowledge', search: (previous: object) => previous })}
        >
          <IconArrowLeft size={22} className={classes.mirrored} />
        </ActionIcon>
      )}
      <span className={classes.status} data-status={article.status}>
        {t(`knowledge:status.${article.status}`)}
      </span>
      <span className={classes.saveState} role="status">
        {t(isChanged ? 'knowledge:editor.unsaved' : 'knowledge:editor.saved')}
      </span>
      <span className={classes.grow} />
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('common:action.more')}>
            <IconDots size={20} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isPublished && (
            <Menu.Item
              component="a"
              href={`/help/${article.locale}/articles/${article.slug}`}
              target="_blank"
              leftSection={<IconExternalLink size={16} aria-hidden />}
            >
              {t('knowledge:editor.view')}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setDeleting(true)}>
            {t('knowledge:editor.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" loading={publish.isPending} onClick={() => void toggle()}>
        {t(isPublished ? 'knowledge:editor.unpublish' : 'knowledge:editor.publish')}
      </Button>
      <Hint label={t('knowledge:editor.save')} keys="mod+s">
        <Button loading={save.isPending} disabled={!isChanged} onClick={() => void store()}>
          {t('knowledge:editor.save')}
        </Button>
      </Hint>
      {isDeleting && <DeleteDialog article={article} title={title} onClose={() => setDeleting(false)} />}
    </header>
  )
}

function DeleteDialog({ article, title, onClose }: { article: Article; title: string; onClose: () => void }) {
  const { t } = useTranslation(['knowledge', 'common'])
  const navigate = useNavigate()
  const remove = useDeleteArticle(article.id)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('knowledge:editor.deleteTitle', { title })}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <p>{t('knowledge:editor.deleteText', { count: article.version })}</p>
      {remove.error && <p role="alert">{explain(remove.error)}</p>}
      <div className={classes.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button
          color="red"
          loading={remove.isPending}
          onClick={() =>
            remove.mutate(undefined, {
              onSuccess: () => void navigate({ to: '/knowledge', search: {}, ignoreBlocker: true }),
            })
          }
        >
          {t('knowledge:editor.delete')}
        </Button>
      </div>
    </Modal>
  )
}
