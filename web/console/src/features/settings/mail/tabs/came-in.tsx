import { Anchor, Button, NativeSelect } from '@mantine/core'
import type { Id, RawMail } from '@rapport/client'
import { IconDownload, IconMailCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../../../components/icon-button'
import { Empty, Failed, RowSkeletons } from '../../../../components/states'
import { TimeAgo } from '../../../../components/time'
import { useAct } from '../../../../lib/use-act'
import { useFormat } from '../../../../lib/use-format'
import { keys } from '../../../../queries/keys'
import { Section } from '../../parts/page'
import classes from '../../settings.module.css'
import { rawMailsQuery, retryRawMail } from '../queries'

const states = ['failed', 'received', 'ignored', 'duplicate', 'stored'] as const
const reasons = ['deleted', 'bounce_unmatched', 'receipt_unmatched', 'known_id', 'file_not_found'] as const
const isKnown = (reason: string): reason is (typeof reasons)[number] => reasons.some((each) => each === reason)

/** Messages as they came, and what became of them. What could not be read can be tried again. */
export function CameIn({ inboxId }: { inboxId: Id }) {
  const { t } = useTranslation('mailboxes')
  const [state, setState] = useState<(typeof states)[number]>('failed')
  const query = useInfiniteQuery(rawMailsQuery(inboxId, state))
  const mails = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section
      title={t('cameIn.title')}
      text={t('cameIn.text')}
      action={
        <NativeSelect
          aria-label={t('cameIn.which')}
          value={state}
          data={states.map((value) => ({ value, label: t(`cameIn.states.${value}`) }))}
          onChange={(event) => setState(states.find((each) => each === event.currentTarget.value) ?? 'failed')}
        />
      }
    >
      {query.isPending && <RowSkeletons rows={2} height={56} />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && mails.length === 0 && (
        <Empty icon={IconMailCheck} title={t(state === 'failed' ? 'cameIn.allRead' : 'cameIn.none')} />
      )}
      {mails.length > 0 && (
        <ul className={`${classes.card} ${classes.rows}`}>
          {mails.map((mail) => (
            <Row key={mail.id} mail={mail} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('cameIn.more')}
        </Button>
      )}
    </Section>
  )
}

function Row({ mail }: { mail: RawMail }) {
  const { t } = useTranslation('mailboxes')
  const format = useFormat()
  const retry = useAct(retryRawMail, [keys.settings.mailHealth], t('cameIn.retried'))
  const { conversation_id, reason } = mail
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <bdi className={classes.rowTitle}>{mail.sender || t('cameIn.noSender')}</bdi>
        <span className={classes.rowNote}>
          {mail.subject && (
            <>
              <bdi>{mail.subject}</bdi> ·{' '}
            </>
          )}
          <TimeAgo at={mail.created_at} /> · {format.bytes(mail.size_bytes)}
          {reason && ` · ${t(`cameIn.reasons.${isKnown(reason) ? reason : 'unexpected'}`)}`}
        </span>
      </span>
      {conversation_id && (
        <Anchor
          renderRoot={(props) => (
            <Link
              to="/inbox/$view/$conversationId"
              params={{ view: 'all', conversationId: conversation_id }}
              {...props}
            />
          )}
        >
          {t('cameIn.open')}
        </Anchor>
      )}
      {mail.state === 'failed' && (
        <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate(mail.id)}>
          {t('cameIn.retry')}
        </Button>
      )}
      {reason !== 'deleted' && (
        <IconButton
          label={t('cameIn.download')}
          onClick={() => window.location.assign(`/v1/email/raw/${encodeURIComponent(mail.id)}`)}
        >
          <IconDownload size={16} />
        </IconButton>
      )}
    </li>
  )
}
