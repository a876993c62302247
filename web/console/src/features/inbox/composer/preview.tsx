import { http, unwrap } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Prose } from '../../../components/prose'
import classes from './composer.module.css'

/** How what is written will look. */
export function Preview({ body }: { body: string }) {
  const { t } = useTranslation('inbox')
  const rendered = useQuery({
    queryKey: ['preview', body],
    queryFn: () => unwrap<{ html: string }>(http.POST('/v1/articles/preview', { body: { body } })),
    enabled: body.trim() !== '',
    gcTime: 0,
  })
  if (rendered.isError) return <div className={classes.preview}>{body}</div>
  return (
    <div className={classes.preview} aria-live="polite">
      {rendered.data ? <Prose html={rendered.data.html} /> : t('composer.nothingToPreview')}
    </div>
  )
}
