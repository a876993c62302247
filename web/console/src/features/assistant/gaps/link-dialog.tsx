import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { GapRow } from '@rapport/client'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { useAct } from '../../../lib/use-act'
import { linkGap } from '../../../queries/assistant'
import { keys } from '../../../queries/keys'
import { articlesQuery } from '../../../queries/knowledge'
import classes from '../assistant.module.css'

interface Props {
  gap: GapRow
  onClose: () => void
}

/** Which article answers it: found by words of the title, drafts included. */
export function LinkDialog({ gap, onClose }: Props) {
  const { t } = useTranslation(['assistant', 'common'])
  const [words, setWords] = useState('')
  const [q] = useDebouncedValue(words.trim(), 200)
  const query = useInfiniteQuery(articlesQuery(q ? { q } : {}))
  const link = useAct(linkGap, [keys.assistant.gaps, keys.assistant.overviews], t('assistant:gap.linked'))
  const articles = query.data?.pages[0]?.items.slice(0, 20) ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('assistant:gap.linkTitle')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <TextInput
        label={t('assistant:gap.linkSearch')}
        value={words}
        leftSection={<IconSearch size={16} aria-hidden />}
        onChange={(event) => setWords(event.currentTarget.value)}
        data-autofocus
      />
      {query.isPending && <RowSkeletons rows={4} height={40} />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && articles.length === 0 && <p className={classes.soft}>{t('common:state.noMatch')}</p>}
      <ul className={classes.choices} aria-label={t('assistant:gap.linkTitle')}>
        {articles.map((article) => (
          <li key={article.id}>
            <button
              type="button"
              className={classes.choice}
              disabled={link.isPending}
              onClick={() => link.mutate({ id: gap.id, articleId: article.id }, { onSuccess: onClose })}
            >
              <bdi>{article.title}</bdi>
              <span className={classes.note}>
                {t(`assistant:gaps.status.${article.status}`)} · {article.locale}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  )
}
