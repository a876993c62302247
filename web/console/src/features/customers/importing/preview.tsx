import { IconAlertTriangle, IconEqual, IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { labelOf, useWords } from '../../../lib/use-words'
import { type PreviewRow, previewQuery } from '../../../queries/imports'
import classes from '../customers.module.css'
import { plainFields } from './mapping'

const icons = { create: IconPlus, update: IconPencil, unchanged: IconEqual, fail: IconAlertTriangle } as const

/** What would become of the first rows. */
export function Preview({ importId, isStale }: { importId: string; isStale: boolean }) {
  const { t } = useTranslation('people')
  const query = useQuery(previewQuery(importId))
  const rows = query.data ?? []
  return (
    <section className={classes.card} aria-busy={isStale || query.isFetching}>
      <h2>{t('imports.preview')}</h2>
      {query.isPending && <RowSkeletons rows={4} height={40} />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <p className={classes.quiet}>{t('imports.noRows')}</p>}
      {query.isSuccess && rows.length > 0 && <Table rows={rows} />}
    </section>
  )
}

function Table({ rows }: { rows: PreviewRow[] }) {
  const { t } = useTranslation('people')
  const words = useWords()
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.values)))]
  const labelFor = (field: string) => {
    const plain = plainFields.find((each) => each === field)
    return plain ? t(`importField.${plain}`) : labelOf(field.replace(/^attributes\./, ''))
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <div className={classes.tableFrame} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('imports.row')}</th>
            <th scope="col">{t('imports.becomes')}</th>
            {fields.map((field) => (
              <th key={field} scope="col">
                {labelFor(field)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row}>
              <td className="tabular">{row.row}</td>
              <td>
                <Action row={row} />
              </td>
              {fields.map((field) => (
                <td key={field}>
                  <bdi>{row.values[field] == null ? '–' : words(row.values[field])}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Action({ row }: { row: PreviewRow }) {
  const { t } = useTranslation('people')
  const Icon = icons[row.action]
  return (
    <>
      <span
        className={classes.mark}
        data-good={row.action === 'create' || undefined}
        data-bad={row.action === 'fail' || undefined}
      >
        <Icon size={14} aria-hidden />
        {t(`imports.action.${row.action}`)}
      </span>
      {row.errors.map((error) => (
        <span key={error.column + error.code} className={classes.rowFault}>
          {error.column}: {error.detail}
        </span>
      ))}
    </>
  )
}
