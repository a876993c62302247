import { IconArrowsSort, IconFilter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { later, loadTheRest } from '../../../lib/late'
import { countersQuery } from '../../../queries/conversations'
import { views } from '../model/search'
import classes from './list.module.css'

const ViewMenus = lazy(later(() => import('./view-menus').then((module) => ({ default: module.ViewMenus }))))

const route = getRouteApi('/work/inbox/$view')

/** Which list is shown, how many are in the others, in which order, and what of it. */
export function ViewBar() {
  const { t } = useTranslation('inbox')
  const counters = useQuery(countersQuery).data
  const { view } = route.useParams()
  return (
    <header className={classes.bar}>
      <div className={classes.barTop}>
        <h1 className={classes.title}>{t(`views.${view}`)}</h1>
        <span className={classes.grow} />
        <Tools />
      </div>
      <nav className={classes.views} aria-label={t('views.label')}>
        {views.map((each) => (
          <Link
            key={each}
            to="/inbox/$view"
            params={{ view: each }}
            search={(previous) => ({ ...previous, panel: undefined })}
            className={classes.view}
            data-current={each === view}
            aria-current={each === view ? 'page' : undefined}
          >
            {t(`views.short.${each}`)}
            {counters && counters[each].count > 0 && each !== 'resolved' && each !== 'snoozed' && (
              <span className={classes.count}>
                {counters[each].count}
                {counters[each].capped && '+'}
              </span>
            )}
          </Link>
        ))}
      </nav>
    </header>
  )
}

/** Sorting and filtering: their menus come after the first list, or when one is wanted sooner. */
function Tools() {
  const { t } = useTranslation('inbox')
  const [wanted, setWanted] = useState<'sort' | 'filter' | null>(null)
  const want = (menu: 'sort' | 'filter') => () => {
    setWanted(menu)
    loadTheRest()
  }
  const standIn = (
    <>
      <button type="button" className={classes.tool} aria-label={t('sort.label')} onClick={want('sort')}>
        <IconArrowsSort size={18} stroke={1.6} />
      </button>
      <button type="button" className={classes.tool} aria-label={t('filter.label')} onClick={want('filter')}>
        <IconFilter size={18} stroke={1.6} />
      </button>
    </>
  )
  return (
    <Suspense fallback={standIn}>
      <ViewMenus opened={wanted} />
    </Suspense>
  )
}
