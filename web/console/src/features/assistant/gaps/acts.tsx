import { Button } from '@mantine/core'
import type { Gap } from '@rapport/client'
import { IconFileText, IconPencilPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { dismissGap, draftGap, linkGap, reopenGap } from '../../../queries/assistant'
import { keys } from '../../../queries/keys'
import classes from '../assistant.module.css'
import { LinkDialog } from './link-dialog'
import { MergeDialog } from './merge-dialog'

/** What is fetched again after a gap changed. */
const stale = [keys.assistant.gaps, keys.assistant.overviews]

/** What can be done about a gap, the likeliest first. */
export function Acts({ gap }: { gap: Gap }) {
  const { t } = useTranslation('assistant')
  const [dialog, setDialog] = useState<'link' | 'merge'>()
  const dismiss = useAct(dismissGap, stale, t('gap.dismissed'))
  const reopen = useAct(reopenGap, stale, t('gap.reopened'))
  const unlink = useAct(linkGap, stale, t('gap.unlinked'))
  const close = () => setDialog(undefined)
  return (
    <div className={classes.acts}>
      {gap.article ? <OpenArticle articleId={gap.article.id} /> : <Draft gap={gap} />}
      <Button variant="default" onClick={() => setDialog('link')}>
        {t(gap.article ? 'gap.linkOther' : 'gap.link')}
      </Button>
      {gap.article && (
        <Button
          variant="default"
          loading={unlink.isPending}
          onClick={() => unlink.mutate({ id: gap.id, articleId: null })}
        >
          {t('gap.unlink')}
        </Button>
      )}
      <Button variant="default" onClick={() => setDialog('merge')}>
        {t('gap.merge')}
      </Button>
      {gap.state !== 'open' && (
        <Button variant="default" loading={reopen.isPending} onClick={() => reopen.mutate(gap.id)}>
          {t('gap.reopen')}
        </Button>
      )}
      {gap.state !== 'dismissed' && (
        <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate(gap.id)}>
          {t('gap.dismiss')}
        </Button>
      )}
      {dialog === 'link' && <LinkDialog gap={gap} onClose={close} />}
      {dialog === 'merge' && <MergeDialog gap={gap} onClose={close} />}
    </div>
  )
}

function OpenArticle({ articleId }: { articleId: string }) {
  const { t } = useTranslation('assistant')
  return (
    <Button
      leftSection={<IconFileText size={16} aria-hidden />}
      renderRoot={(props) => <Link to="/knowledge/$articleId" params={{ articleId }} {...props} />}
    >
      {t('gap.openArticle')}
    </Button>
  )
}

/** A draft is written from what colleagues answered, and opened where it can be improved and published. */
function Draft({ gap }: { gap: Gap }) {
  const { t } = useTranslation('assistant')
  const navigate = useNavigate()
  const write = async (id: string) => {
    const { article } = await draftGap(id)
    await navigate({ to: '/knowledge/$articleId', params: { articleId: article.id } })
  }
  const draft = useAct(write, [...stale, keys.knowledge.all], t('gap.drafted'))
  return (
    <Button
      leftSection={<IconPencilPlus size={16} aria-hidden />}
      loading={draft.isPending}
      onClick={() => draft.mutate(gap.id)}
    >
      {t('gap.draft')}
    </Button>
  )
}
