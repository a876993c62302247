import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { sayFailed } from '../../../lib/say-failed'
import { useAct } from '../../../lib/use-act'
import { type CustomerImport, changeImport, dropImport, type ImportMatch, startImport } from '../../../queries/imports'
import { keys } from '../../../queries/keys'
import { attributesQuery } from '../../../queries/profile'
import classes from '../customers.module.css'
import { attributeFields, doubledIn, hasMatch, type Mapping, plainFields } from './mapping'
import { Preview } from './preview'

const matches: ImportMatch[] = ['email', 'phone', 'external_id']

/** Which column goes where, what would come of the first rows, and the start. */
export function DraftView({ draft }: { draft: CustomerImport }) {
  const { t } = useTranslation(['people', 'common'])
  const navigate = useNavigate()
  const queries = useQueryClient()
  const key = keys.customers.import(draft.id)
  const put = (now: CustomerImport) => queries.setQueryData(key, now)
  const change = useChangeDraft(draft)
  const start = useAct(() => startImport(draft.id), [keys.customers.imports])
  const drop = useAct(() => dropImport(draft.id), [])
  const mapping: Mapping = Object.fromEntries(draft.columns.map(({ name, field }) => [name, field]))
  const doubled = doubledIn(mapping)
  const isRecognised = hasMatch(mapping, draft.match)
  const canStart = doubled.length === 0 && isRecognised && !change.isPending
  return (
    <>
      <section className={classes.card}>
        <h2>{t('people:imports.mapping')}</h2>
        <p className={classes.quiet}>{t('people:imports.mappingText')}</p>
        <ul className={classes.columnsList}>
          {draft.columns.map((column) => (
            <Column
              key={column.name}
              column={column}
              isDoubled={column.field !== null && doubled.includes(column.field)}
              onChange={(field) => change.mutate({ mapping: { ...mapping, [column.name]: field } })}
            />
          ))}
        </ul>
        <NativeSelect
          mt="md"
          label={t('people:imports.match')}
          description={t('people:imports.matchText')}
          error={isRecognised ? undefined : t('people:imports.matchMissing')}
          value={draft.match}
          data={matches.map((value) => ({ value, label: t(`people:importField.${value}`) }))}
          onChange={(event) => change.mutate({ match: event.currentTarget.value as ImportMatch })}
        />
      </section>
      <Preview importId={draft.id} isStale={change.isPending} />
      <div className={classes.actions}>
        <Button
          variant="default"
          loading={drop.isPending}
          onClick={() => drop.mutate(undefined, { onSuccess: () => void navigate({ to: '/imports' }) })}
        >
          {t('people:imports.drop')}
        </Button>
        <Button
          disabled={!canStart}
          loading={start.isPending}
          onClick={() => start.mutate(undefined, { onSuccess: put })}
        >
          {draft.rows_total === null
            ? t('people:imports.start')
            : t('people:imports.startRows', { count: draft.rows_total })}
        </Button>
      </div>
    </>
  )
}

/** Shown at once; the preview follows when the server has it. */
function useChangeDraft(draft: CustomerImport) {
  const queries = useQueryClient()
  const key = keys.customers.import(draft.id)
  return useMutation({
    mutationFn: (body: { mapping?: Mapping; match?: ImportMatch }) => changeImport(draft.id, body),
    onMutate: ({ mapping, match }) => {
      const before = queries.getQueryData<CustomerImport>(key)
      if (!before) return { before }
      const columns = before.columns.map((each) => ({
        ...each,
        field: mapping ? (mapping[each.name] ?? null) : each.field,
      }))
      queries.setQueryData<CustomerImport>(key, { ...before, columns, match: match ?? before.match })
      return { before }
    },
    onError: (error, _change, context) => {
      if (context?.before) queries.setQueryData(key, context.before)
      sayFailed(error)
    },
    onSuccess: (now) => queries.setQueryData(key, now),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.customers.preview(draft.id) }),
  })
}

interface ColumnProps {
  column: CustomerImport['columns'][number]
  isDoubled: boolean
  onChange: (field: string | null) => void
}

function Column({ column, isDoubled, onChange }: ColumnProps) {
  const { t } = useTranslation('people')
  const definitions = useQuery(attributesQuery).data ?? []
  const attributes = attributeFields(column.name, definitions)
  const isElsewhere =
    column.field !== null &&
    !plainFields.some((field) => field === column.field) &&
    !attributes.some(({ field }) => field === column.field)
  return (
    <li className={classes.columnRow}>
      <span className={classes.rowText}>
        <bdi className={classes.name}>{column.name}</bdi>
        <bdi className={classes.note}>{column.samples.filter(Boolean).join(' · ') || '–'}</bdi>
      </span>
      <NativeSelect
        aria-label={t('imports.goesTo', { column: column.name })}
        error={isDoubled && t('imports.doubled')}
        value={column.field ?? ''}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      >
        <option value="">{t('imports.leaveOut')}</option>
        <optgroup label={t('imports.facts')}>
          {plainFields.map((field) => (
            <option key={field} value={field}>
              {t(`importField.${field}`)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t('attributes.title')}>
          {attributes.map(({ field, label }) => (
            <option key={field} value={field}>
              {label}
            </option>
          ))}
          {isElsewhere && column.field && <option value={column.field}>{column.field}</option>}
        </optgroup>
      </NativeSelect>
    </li>
  )
}
