import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Id, RecurringIssue } from '@rapport/client'
import { IconExternalLink, IconLinkOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/icon-button'
import { useAct } from '../../lib/use-act'
import { keys } from '../../queries/keys'
import { articleQuery, knowledgeSearchQuery } from '../../queries/knowledge'
import { useCan } from '../../queries/me'
import { changeIssue, type IssueChange } from '../../queries/recurring'
import classes from './recurring.module.css'

const useChange = (issue: RecurringIssue) =>
  useAct((change: IssueChange) => changeIssue(issue.id, change), [keys.recurring.all])

/** Where the answer to an issue stands, and where it is mended. */
export function Links({ issue }: { issue: RecurringIssue }) {
  const { t } = useTranslation('recurring')
  return (
    <section className={`${classes.card} ${classes.form}`} aria-label={t('links.title')}>
      <div>
        <h2>{t('links.article')}</h2>
        <Article issue={issue} />
      </div>
      <div>
        <h2>{t('links.record')}</h2>
        <Record issue={issue} />
      </div>
    </section>
  )
}

function Article({ issue }: { issue: RecurringIssue }) {
  const { t } = useTranslation('recurring')
  const mayLink = useCan('conversations.tag')
  const change = useChange(issue)
  const id = issue.article_id
  if (!id) {
    return mayLink ? (
      <ArticlePicker onPick={(article_id) => change.mutate({ article_id })} />
    ) : (
      <p className={classes.quiet}>{t('links.none')}</p>
    )
  }
  return (
    <p className={`${classes.line} ${classes.quiet}`}>
      <span className={classes.rowText}>
        <ArticleLink id={id} />
      </span>
      {mayLink && (
        <IconButton label={t('links.unlink')} onClick={() => change.mutate({ article_id: null })}>
          <IconLinkOff size={16} />
        </IconButton>
      )}
    </p>
  )
}

function ArticleLink({ id }: { id: Id }) {
  const { t } = useTranslation('recurring')
  const article = useQuery(articleQuery(id))
  return (
    <Link to="/knowledge/$articleId" params={{ articleId: id }}>
      <bdi>{article.data?.title ?? t('links.article')}</bdi>
    </Link>
  )
}

function ArticlePicker({ onPick }: { onPick: (id: Id) => void }) {
  const { t } = useTranslation('recurring')
  const [text, setText] = useState('')
  const [wanted] = useDebouncedValue(text.trim(), 200)
  const found = useQuery(knowledgeSearchQuery(wanted)).data?.results ?? []
  return (
    <Select
      searchable
      aria-label={t('links.findArticle')}
      placeholder={t('links.findArticle')}
      nothingFoundMessage={wanted.length > 1 ? t('links.noArticle') : t('links.typeMore')}
      data={found
        .filter(({ kind }) => kind === 'article')
        .map(({ article_id, title }) => ({ value: article_id, label: title }))}
      filter={({ options }) => options}
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => id && onPick(id)}
    />
  )
}

function Record({ issue }: { issue: RecurringIssue }) {
  const { t } = useTranslation('recurring')
  const mayLink = useCan('conversations.tag')
  const change = useChange(issue)
  const { record } = issue
  if (!record) {
    return mayLink ? (
      <RecordForm isBusy={change.isPending} onLink={(made) => change.mutate({ record: made })} />
    ) : (
      <p className={classes.quiet}>{t('links.none')}</p>
    )
  }
  return (
    <p className={`${classes.line} ${classes.quiet}`}>
      <a href={record.url} target="_blank" rel="noreferrer" className={classes.rowText}>
        <bdi>
          {record.label} <IconExternalLink size={14} aria-label={t('links.newTab')} />
        </bdi>
      </a>
      {mayLink && (
        <IconButton label={t('links.unlink')} onClick={() => change.mutate({ record: null })}>
          <IconLinkOff size={16} />
        </IconButton>
      )}
    </p>
  )
}

interface RecordFormProps {
  isBusy: boolean
  onLink: (record: { url: string; label: string }) => void
}

function RecordForm({ isBusy, onLink }: RecordFormProps) {
  const { t } = useTranslation('recurring')
  const [url, setUrl] = useState('')
  const [label, setLabel] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onLink({ url: url.trim(), label: label.trim() || url.trim().slice(0, 120) })
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        required
        type="url"
        pattern="https?://.+"
        maxLength={2_000}
        dir="ltr"
        label={t('links.url')}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput
        maxLength={120}
        label={t('links.label')}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <div className={`${classes.acts} ${classes.end}`}>
        <Button type="submit" variant="default" loading={isBusy}>
          {t('links.link')}
        </Button>
      </div>
    </form>
  )
}
