import { Button } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { explain } from '../../../lib/explain'
import { Copyable } from '../parts/secret'
import classes from './audit.module.css'
import { verify } from './queries'

/** Whether the record is as it was written, asked when somebody wants to know. */
export function Verification() {
  const { t } = useTranslation('audit')
  const check = useMutation({ mutationFn: verify })
  const verdict = check.data
  return (
    <section className={classes.verification}>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate()}
      >
        {t('check')}
      </Button>
      <div role="status">
        {check.isError && <p className={classes.bad}>{explain(check.error)}</p>}
        {verdict && !verdict.intact && (
          <p className={classes.bad}>{t('broken', { seq: verdict.broken_at, count: verdict.records })}</p>
        )}
        {verdict?.intact && (
          <>
            <p className={classes.good}>{t('checked', { count: verdict.records })}</p>
            <p className={classes.note}>{t('head')}</p>
            <Copyable value={`${verdict.records}:${verdict.head}`} />
          </>
        )}
      </div>
    </section>
  )
}
