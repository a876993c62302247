import { Button } from '@mantine/core'
import { IconFileImport, IconUpload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { uploadFile } from '../../../queries/files'
import { beginImport, type CustomerImport, importsQuery } from '../../../queries/imports'
import { keys } from '../../../queries/keys'
import { useLivePeople } from '../../../queries/live-customer'
import classes from '../customers.module.css'
import { Sheet } from '../sheet'

/** Everything that was imported, and the way to import more. */
export function ImportsPage(): ReactNode {
  const { t } = useTranslation('people')
  const query = useInfiniteQuery(importsQuery)
  useLivePeople()
  const imports = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Sheet title={t('imports.title')} text={t('imports.text')} back="/customers">
      <Drop />
      {query.isPending && <RowSkeletons rows={3} height={56} />}
      {query.isError && imports.length === 0 && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && imports.length === 0 && (
        <Empty icon={IconFileImport} title={t('imports.none')} text={t('imports.noneText')} />
      )}
      {imports.length > 0 && (
        <ul className={classes.sheetRows} aria-label={t('imports.title')}>
          {imports.map((each) => (
            <li key={each.id}>
              <Row each={each} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Sheet>
  )
}

function Row({ each }: { each: CustomerImport }) {
  const { t } = useTranslation('people')
  return (
    <Link to="/imports/$importId" params={{ importId: each.id }} className={classes.row}>
      <IconFileImport size={20} stroke={1.6} aria-hidden />
      <span className={classes.rowText}>
        <bdi className={classes.name}>{each.name}</bdi>
        <span className={classes.note}>
          {each.state === 'done'
            ? t('imports.outcome', { created: each.created, updated: each.updated, failed: each.failed })
            : t(`imports.state.${each.state}`)}
        </span>
      </span>
      <span className={classes.note}>
        <TimeAgo at={each.created_at} />
      </span>
    </Link>
  )
}

/** A file by button or drop; what it holds is looked at next. */
function Drop() {
  const { t } = useTranslation('people')
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const begin = useAct(
    async (file: File) => beginImport((await uploadFile(file, () => {}, new AbortController().signal)).id),
    [keys.customers.imports],
  )
  const take = (file: File | undefined) => {
    if (!file) return
    begin.mutate(file, { onSuccess: ({ id }) => void navigate({ to: '/imports/$importId', params: { importId: id } }) })
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  return (
    <section
      className={classes.drop}
      data-over={isOver || undefined}
      aria-label={t('imports.upload')}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label={t('imports.file')}
        onChange={(event) => {
          take(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <Button
        leftSection={<IconUpload size={16} aria-hidden />}
        loading={begin.isPending}
        onClick={() => input.current?.click()}
      >
        {t('imports.choose')}
      </Button>
      <p className={classes.quiet}>{t('imports.dropText')}</p>
    </section>
  )
}
