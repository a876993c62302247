import { Button, TextInput } from '@mantine/core'
import type { Website } from '@rapport/client'
import { IconEye } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { tryPage } from '../../../queries/sources'
import { PageText } from './page-text'
import classes from './sources.module.css'
import { addressOf, isAddress } from './website-draft'

interface Props {
  website: Website
  /** The site is new: this is the first step with it. */
  isFirst: boolean
}

/** One page of a website, looked at before or after it was crawled: what the assistant would read. */
export function TrialCard({ website, isFirst }: Props) {
  const { t } = useTranslation('sources')
  const [typed, setTyped] = useState(website.start_url)
  const trial = useMutation({ mutationFn: (url: string) => tryPage(website.id, url) })
  const address = addressOf(typed)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isAddress(address)) trial.mutate(address)
  }
  return (
    <section className={classes.card} aria-labelledby="trial">
      <h2 id="trial">{t(isFirst ? 'trial.titleFirst' : 'trial.title')}</h2>
      <p className={classes.quiet}>{t('trial.text')}</p>
      <form className={classes.ask} onSubmit={submit}>
        <TextInput
          label={t('trial.address')}
          value={typed}
          error={trial.error && explain(trial.error)}
          required
          dir="ltr"
          inputMode="url"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant={isFirst ? 'filled' : 'default'}
          leftSection={<IconEye size={16} aria-hidden />}
          loading={trial.isPending}
          disabled={!isAddress(address)}
        >
          {t('trial.act')}
        </Button>
      </form>
      {trial.data && <PageText trial={trial.data} />}
    </section>
  )
}
