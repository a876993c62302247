import { ActionIcon, Button, Popover, SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconBook2, IconExternalLink, IconFolderPlus, IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/icon-button'
import { Hint } from '../../components/key-hint'
import { Resizer } from '../../components/resizer'
import { Empty } from '../../components/states'
import { explain } from '../../lib/explain'
import { useShortcuts } from '../../lib/keys'
import { useNarrow } from '../../lib/use-narrow'
import { useRemembered } from '../../lib/use-remembered'
import { collectionsQuery, knowledgeStatusQuery } from '../../queries/knowledge'
import { useCommands } from '../../shell/commands'
import { useCreateArticle, useCreateCollection } from './api'
import { ArticleList, FoundList } from './article-list'
import classes from './knowledge.module.css'
import { Parts } from './parts'

const route = getRouteApi('/work/knowledge')

/** Collections and their articles, and beside them the one being written. */
export function KnowledgePage(): ReactNode {
  const { t } = useTranslation('knowledge')
  const narrow = useNarrow()
  const { articleId } = useParams({ strict: false })
  const [width, setWidth] = useRemembered('knowledge.list', 360)
  if (narrow) return articleId ? <Outlet /> : <Browser />
  return (
    <div className={classes.panes}>
      <div className={classes.listPane} style={{ width }}>
        <Browser />
      </div>
      <Resizer label={t('list.label')} width={width} min={280} max={560} side="before" onChange={setWidth} />
      <Outlet />
    </div>
  )
}

export function NothingOpen(): ReactNode {
  const { t } = useTranslation('knowledge')
  return (
    <div className={classes.rest}>
      <Empty icon={IconBook2} title={t('none')} text={t('noneText')} />
    </div>
  )
}

function Browser() {
  const { t } = useTranslation(['knowledge', 'common'])
  const navigate = useNavigate()
  const { q = '', status, collection } = route.useSearch()
  const [text, setText] = useState(q)
  const [wanted] = useDebouncedValue(text.trim(), 200)
  const create = useCreateArticle()
  const isSearching = wanted.length > 1

  useEffect(() => {
    if (wanted === q) return
    void navigate({ to: '.', search: (previous: object) => ({ ...previous, q: wanted || undefined }), replace: true })
  }, [wanted, q, navigate])

  const write = () =>
    create.mutate(
      { title: t('knowledge:editor.untitled'), collection_id: collection ?? null },
      {
        onSuccess: (article) =>
          void navigate({
            to: '/knowledge/$articleId',
            params: { articleId: article.id },
            search: (previous: object) => previous,
          }),
        onError: (error) =>
          notifications.show({ color: 'red', title: t('common:state.failed'), message: explain(error) }),
      },
    )
  useShortcuts([{ keys: 'c', label: t('knowledge:new'), group: t('knowledge:title'), run: write }])
  useCommands([
    {
      id: 'new-article',
      label: t('knowledge:new'),
      group: t('knowledge:title'),
      icon: IconPlus,
      keys: 'c',
      run: write,
    },
  ])

  return (
    <section className={classes.browser} aria-label={t('knowledge:list.label')}>
      <Parts current="articles" />
      <header className={classes.bar}>
        <div className={classes.barTop}>
          <h1 className={classes.title}>{t('knowledge:title')}</h1>
          <Hint label={t('knowledge:open')}>
            <ActionIcon
              component="a"
              href="/help"
              target="_blank"
              variant="subtle"
              color="gray"
              aria-label={t('knowledge:open')}
            >
              <IconExternalLink size={18} stroke={1.6} />
            </ActionIcon>
          </Hint>
          <NewCollection />
          <Hint label={t('knowledge:new')} keys="c">
            <ActionIcon variant="light" aria-label={t('knowledge:new')} loading={create.isPending} onClick={write}>
              <IconPlus size={18} />
            </ActionIcon>
          </Hint>
        </div>
        <TextInput
          value={text}
          aria-label={t('knowledge:search')}
          placeholder={t('knowledge:search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {!isSearching && (
          <>
            <Collections current={collection} />
            <SegmentedControl
              size="xs"
              fullWidth
              value={status ?? 'all'}
              aria-label={t('knowledge:filter.label')}
              onChange={(next) =>
                void navigate({
                  to: '.',
                  search: (previous: object) => ({ ...previous, status: next === 'all' ? undefined : next }),
                })
              }
              data={(['all', 'published', 'draft'] as const).map((value) => ({
                value,
                label: t(`knowledge:filter.${value}`),
              }))}
            />
          </>
        )}
        <Mode />
      </header>
      {isSearching ? <FoundList q={wanted} /> : <ArticleList onWrite={write} />}
    </section>
  )
}

/** Says when search has only words to go by, and when the index lags behind. */
function Mode() {
  const { t } = useTranslation('knowledge')
  const status = useQuery(knowledgeStatusQuery).data
  if (!status) return null
  if (!status.embeddings) return <p className={classes.notice}>{t('wordsOnly')}</p>
  if (status.pending > 0) return <p className={classes.notice}>{t('pending', { count: status.pending })}</p>
  return null
}

function Collections({ current }: { current: string | undefined }) {
  const { t } = useTranslation('knowledge')
  const collections = useQuery(collectionsQuery).data ?? []
  const link = (id: string | undefined, name: string) => (
    <Link
      key={id ?? 'all'}
      to="/knowledge"
      search={(previous) => ({ ...previous, collection: id })}
      className={classes.collection}
      data-current={id === current}
      aria-current={id === current ? 'true' : undefined}
    >
      <bdi>{name}</bdi>
    </Link>
  )
  return (
    <nav className={classes.collections} aria-label={t('collections.label')}>
      {link(undefined, t('collections.all'))}
      {collections.map((each) => link(each.id, each.name))}
    </nav>
  )
}

function NewCollection() {
  const { t } = useTranslation(['knowledge', 'common'])
  const [open, setOpen] = useState(false)
  const create = useCreateCollection()
  return (
    <Popover opened={open} onChange={setOpen} trapFocus position="bottom-end" width={280}>
      <Popover.Target>
        <IconButton label={t('knowledge:collections.new')} onClick={() => setOpen(!open)}>
          <IconFolderPlus size={18} stroke={1.6} />
        </IconButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('knowledge:collections.new')}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault()
            const name = String(new FormData(event.currentTarget).get('name')).trim()
            if (name) create.mutate(name, { onSuccess: () => setOpen(false) })
          }}
        >
          <TextInput
            name="name"
            label={t('knowledge:collections.name')}
            error={create.error && explain(create.error)}
            required
            maxLength={100}
          />
          <Button type="submit" loading={create.isPending}>
            {t('knowledge:collections.create')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
