import { Skeleton } from '@mantine/core'
import type { Article } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useBlocker } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/states'
import { articleQuery } from '../../queries/knowledge'
import { type ArticleChange, useSaveArticle } from './api'
import { ArticleHeader } from './article-header'
import { Details } from './details'
import { Editor } from './editor'
import classes from './knowledge.module.css'

const route = getRouteApi('/work/knowledge/$articleId')

const untitled = /^untitled-article(-\d+)?$/

/** An article that was named after it was made gets its address from its name, once. */
function slugFor(article: Article, { title }: ArticleChange): ArticleChange {
  if (!title || article.published_at || !untitled.test(article.slug)) return {}
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80)
  return slug ? { slug } : {}
}

/** One article: written on the one side, read on the other. */
export function ArticlePage(): ReactNode {
  const { articleId } = route.useParams()
  const article = useQuery(articleQuery(articleId))
  if (article.isPending) {
    return (
      <div className={classes.article} aria-busy="true">
        <Skeleton height={28} width="50%" m={24} />
        <Skeleton height={320} mx={24} />
      </div>
    )
  }
  if (article.isError) {
    return (
      <div className={classes.article} data-fullscreen>
        <Failed error={article.error} retry={() => void article.refetch()} />
      </div>
    )
  }
  return <OpenArticle key={articleId} article={article.data} />
}

function OpenArticle({ article }: { article: Article }) {
  const { t } = useTranslation('knowledge')
  const [change, setChange] = useState<ArticleChange>({})
  const save = useSaveArticle(article.id)
  const isChanged = Object.keys(change).length > 0
  const draft = { ...article, ...change }

  useBlocker({
    shouldBlockFn: () => isChanged && !window.confirm(t('editor.leave')),
    enableBeforeUnload: isChanged,
  })

  const edit = (next: ArticleChange) => setChange((previous) => ({ ...previous, ...next }))
  const store = async () => {
    if (!isChanged) return
    const sent = { ...slugFor(article, change), ...change }
    await save.mutateAsync(sent)
    // What was typed while the server answered stays.
    setChange((now) => Object.fromEntries(Object.entries(now).filter(([key, value]) => sent[key as 'body'] !== value)))
  }

  return (
    <article className={classes.article} data-fullscreen>
      <ArticleHeader article={article} title={draft.title} isChanged={isChanged} save={save} onSave={store} />
      <div className={classes.articleBody}>
        <Editor
          title={draft.title}
          body={draft.body}
          onTitle={(title) => edit({ title })}
          onBody={(body) => edit({ body })}
          onSave={() => void store().catch(() => {})}
        />
        <Details draft={draft} onChange={edit} onRestored={() => setChange({})} />
      </div>
    </article>
  )
}
