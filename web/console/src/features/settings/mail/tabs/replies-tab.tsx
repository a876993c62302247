import { NativeSelect, Radio, Switch, Textarea } from '@mantine/core'
import type { Mailbox } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import type { Draft } from '../../model/use-draft'
import classes from '../../settings.module.css'
import type { MailboxDraft } from '../model'

const undoSeconds = [0, 5, 10, 20, 30, 60]
const ways = ['once', 'each'] as const

/** What stands under replies, and what happens around them. */
export function RepliesTab({ draft }: { draft: Draft<MailboxDraft> }) {
  const { t } = useTranslation('mailboxes')
  const { value, set } = draft
  return (
    <div className={`${classes.column} ${classes.card} ${classes.form}`}>
      <Textarea
        label={t('replies.signature')}
        description={t('replies.signatureHint')}
        value={value.signature}
        autosize
        minRows={3}
        maxLength={10_000}
        dir="auto"
        onChange={(event) => set({ signature: event.currentTarget.value })}
      />
      <Switch
        label={t('replies.quoting')}
        description={t('replies.quotingHint')}
        checked={value.quoting}
        onChange={(event) => set({ quoting: event.currentTarget.checked })}
      />
      <Switch
        label={t('replies.number')}
        description={t('replies.numberHint')}
        checked={value.outgoing.number_in_subject}
        onChange={(event) => set({ outgoing: { ...value.outgoing, number_in_subject: event.currentTarget.checked } })}
      />
      <NativeSelect
        label={t('replies.undo')}
        value={String(value.undo_s)}
        onChange={(event) => set({ undo_s: Number(event.currentTarget.value) })}
        data={[...new Set([...undoSeconds, value.undo_s])]
          .sort((a, b) => a - b)
          .map((seconds) => ({
            value: String(seconds),
            label: seconds === 0 ? t('replies.undoOff') : t('replies.seconds', { count: seconds }),
          }))}
      />
      <Switch
        label={t('replies.acknowledge')}
        description={t('replies.acknowledgeHint')}
        checked={value.acknowledge}
        onChange={(event) => set({ acknowledge: event.currentTarget.checked })}
      />
      {value.acknowledge && (
        <Textarea
          label={t('replies.acknowledgement')}
          value={value.acknowledgement}
          autosize
          minRows={3}
          maxLength={10_000}
          dir="auto"
          onChange={(event) => set({ acknowledgement: event.currentTarget.value })}
        />
      )}
      <Radio.Group
        label={t('replies.sameMail')}
        value={value.same_mail}
        onChange={(same_mail) => set({ same_mail: same_mail as Mailbox['same_mail'] })}
      >
        <div className={classes.field} style={{ paddingTop: 'var(--rp-space-2)' }}>
          {ways.map((each) => (
            <Radio key={each} value={each} label={t(`replies.sameMails.${each}`)} />
          ))}
        </div>
      </Radio.Group>
    </div>
  )
}
