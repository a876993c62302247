import { Button, SegmentedControl } from '@mantine/core'
import type { OwnTextRow } from '@rapport/client'
import { IconFileText, IconNotes } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useFormat } from '../../../lib/use-format'
import { type TextKind, textsQuery } from '../../../queries/sources'
import classes from './sources.module.css'
import { AudienceMark } from './state-mark'

/** Files and snippets by last change. */
export function TextList() {
  const { t } = useTranslation('sources')
  const [kind, setKind] = useState<TextKind | undefined>()
  const query = useInfiniteQuery(textsQuery(kind))
  const texts = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section aria-labelledby="texts">
      <div className={classes.headingBar}>
        <h2 id="texts" className={classes.heading}>
          {t('texts')}
        </h2>
        <SegmentedControl
          size="xs"
          aria-label={t('kindLabel')}
          value={kind ?? 'all'}
          data={(['all', 'file', 'snippet'] as const).map((value) => ({ value, label: t(`kinds.${value}`) }))}
          onChange={(value) => setKind(value === 'all' ? undefined : (value as TextKind))}
        />
      </div>
      {query.isPending && <RowSkeletons rows={3} height={60} />}
      {query.isError && texts.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && texts.length === 0 && <p className={classes.quiet}>{t(`textsNone.${kind ?? 'all'}`)}</p>}
      {texts.length > 0 && (
        <ul className={classes.rows} aria-labelledby="texts">
          {texts.map((text) => (
            <li key={text.id}>
              <Row text={text} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </section>
  )
}

function Row({ text }: { text: OwnTextRow }) {
  const { t } = useTranslation('sources')
  const format = useFormat()
  const Icon = text.kind === 'file' ? IconFileText : IconNotes
  return (
    <Link to="/knowledge/documents/$documentId" params={{ documentId: text.id }} className={classes.row}>
      <Icon size={20} stroke={1.6} aria-hidden className={classes.rowIcon} />
      <span className={classes.rowText}>
        <bdi className={classes.name}>{text.title}</bdi>
        <span className={classes.note}>
          {t(`kind.${text.kind}`)}
          {text.file_name && (
            <>
              {' · '}
              <bdi>{text.file_name}</bdi>
            </>
          )}
          {` · ${format.language(text.locale)} · `}
          <TimeAgo at={text.updated_at} />
        </span>
      </span>
      <span className={classes.marks}>
        <AudienceMark audience={text.audience} />
      </span>
    </Link>
  )
}
