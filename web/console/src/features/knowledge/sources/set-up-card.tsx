import { Button } from '@mantine/core'
import { Problem, type Website } from '@rapport/client'
import { IconPlayerPlay } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeWebsite, startCrawl } from '../../../queries/sources'
import classes from './sources.module.css'
import { useWebsiteAct } from './use-website-act'
import { draftOf, faultsOf, patchOf } from './website-draft'
import { WebsiteFields } from './website-fields'

const daily = 24

/** The second step with a new website: what of it is read and how often, and the first crawl. */
export function SetUpCard({ website }: { website: Website }) {
  const { t } = useTranslation('sources')
  const [draft, setDraft] = useState(() => ({ ...draftOf(website), every_hours: daily as number | null }))
  const begin = useWebsiteAct(async () => {
    await changeWebsite(website.id, patchOf(website, draft))
    return startCrawl(website.id)
  })
  const isReady = Object.keys(faultsOf(draft)).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) begin.mutate()
  }
  return (
    <section className={classes.card} aria-labelledby="set-up">
      <h2 id="set-up">{t('setUp.title')}</h2>
      <p className={classes.quiet}>{t('setUp.text')}</p>
      <form className={classes.form} onSubmit={submit} noValidate>
        <WebsiteFields
          draft={draft}
          told={begin.error instanceof Problem ? begin.error.fields : {}}
          isLocked={false}
          isSetUp
          onChange={(change) => setDraft((now) => ({ ...now, ...change }))}
        />
        <div className={classes.actions}>
          <Button
            type="submit"
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            loading={begin.isPending}
            disabled={!isReady}
          >
            {t('setUp.act')}
          </Button>
        </div>
      </form>
    </section>
  )
}
