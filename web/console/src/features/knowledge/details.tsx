import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Article } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/time'
import { explain } from '../../lib/explain'
import { languages } from '../../lib/locale'
import { collectionsQuery, versionsQuery } from '../../queries/knowledge'
import { useMembersById } from '../../queries/people'
import { type ArticleChange, useRestore } from './api'
import classes from './knowledge.module.css'

interface Props {
  draft: Article
  onChange: (change: ArticleChange) => void
  onRestored: () => void
}

/** What stands around the text: where it belongs, its address and language, and how it was before. */
export function Details({ draft, onChange, onRestored }: Props) {
  const { t } = useTranslation('knowledge')
  const collections = useQuery(collectionsQuery).data ?? []
  const locales = new Set([...Object.keys(languages), draft.locale])
  return (
    <aside className={classes.details} aria-label={t('editor.details')}>
      <NativeSelect
        label={t('editor.collection')}
        value={draft.collection_id ?? ''}
        onChange={(event) => onChange({ collection_id: event.currentTarget.value || null })}
        data={[
          { value: '', label: t('editor.noCollection') },
          ...collections.map((each) => ({ value: each.id, label: each.name })),
        ]}
      />
      <NativeSelect
        label={t('editor.locale')}
        value={draft.locale}
        onChange={(event) => onChange({ locale: event.currentTarget.value })}
        data={[...locales].map((value) => ({ value, label: languages[value as 'en'] ?? value }))}
      />
      <TextInput
        label={t('editor.slug')}
        description={t('editor.slugHint')}
        value={draft.slug}
        onChange={(event) => onChange({ slug: event.currentTarget.value })}
      />
      <Textarea
        label={t('editor.summary')}
        description={t('editor.summaryHint')}
        value={draft.summary}
        rows={3}
        maxLength={500}
        onChange={(event) => onChange({ summary: event.currentTarget.value })}
      />
      <Versions article={draft} onRestored={onRestored} />
    </aside>
  )
}

function Versions({ article, onRestored }: { article: Article; onRestored: () => void }) {
  const { t } = useTranslation(['knowledge', 'common'])
  const versions = useQuery(versionsQuery(article.id))
  const restore = useRestore(article.id)
  const bring = (version: number) =>
    restore.mutate(version, {
      onSuccess: () => {
        onRestored()
        notifications.show({ message: t('knowledge:versions.restored', { version }) })
      },
      onError: (error) =>
        notifications.show({ color: 'red', title: t('common:state.failed'), message: explain(error) }),
    })
  const members = useMembersById()
  // The server names authors as `agent:<id>`, `system:<id>` and so on.
  const nameOf = (author: string) => members.get(author.split(':')[1] ?? '')?.name ?? t('knowledge:versions.system')
  const items = versions.data ?? []
  return (
    <section>
      <h2 className={classes.subheading}>{t('knowledge:versions.title')}</h2>
      {versions.isSuccess && items.length < 2 && <p className={classes.quiet}>{t('knowledge:versions.none')}</p>}
      <ol className={classes.versions}>
        {items.length > 1 &&
          items.map((each) => (
            <li key={each.number}>
              <span className={classes.versionText}>
                {t('knowledge:versions.version', { version: each.number })}
                <small>
                  <TimeAgo at={each.created_at} />
                  {` · ${nameOf(each.author)}`}
                </small>
              </span>
              {each.number === article.version ? (
                <span className={classes.quiet}>{t('knowledge:versions.current')}</span>
              ) : (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  loading={restore.isPending}
                  onClick={() => bring(each.number)}
                >
                  {t('knowledge:versions.restore')}
                </Button>
              )}
            </li>
          ))}
      </ol>
    </section>
  )
}
