import { IconBook2, IconWorldWww } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../../lib/keys'
import { useCommands } from '../../shell/commands'
import classes from './knowledge.module.css'

/** The two parts of knowledge, and the way between them. */
export function Parts({ current }: { current: 'articles' | 'sources' }) {
  const { t } = useTranslation('knowledge')
  const router = useRouter()
  const group = t('title')
  const to = (path: string) => () => router.history.push(path)
  useShortcuts([{ keys: 'g o', label: t('parts.goSources'), group, run: to('/knowledge/sources') }])
  useCommands([
    { id: 'articles', label: t('parts.goArticles'), group, icon: IconBook2, run: to('/knowledge') },
    {
      id: 'sources',
      label: t('parts.goSources'),
      group,
      icon: IconWorldWww,
      keys: 'g o',
      run: to('/knowledge/sources'),
    },
  ])
  return (
    <nav className={classes.parts} aria-label={t('parts.label')}>
      <Link
        to="/knowledge"
        className={classes.part}
        activeOptions={{ exact: true, includeSearch: false }}
        data-current={current === 'articles'}
        aria-current={current === 'articles' ? 'page' : undefined}
      >
        {t('parts.articles')}
      </Link>
      <Link
        to="/knowledge/sources"
        className={classes.part}
        data-current={current === 'sources'}
        aria-current={current === 'sources' ? 'page' : undefined}
      >
        {t('parts.sources')}
      </Link>
    </nav>
  )
}
