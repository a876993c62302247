import { Button, Textarea } from '@mantine/core'
import type { RecurringIssue } from '@rapport/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../lib/use-act'
import { keys } from '../../queries/keys'
import { useCan } from '../../queries/me'
import { changeIssue } from '../../queries/recurring'
import classes from './recurring.module.css'

/** What the team knows about an issue. What is being written stays while others change the issue. */
export function NoteCard({ issue }: { issue: RecurringIssue }) {
  const { t } = useTranslation(['recurring', 'common'])
  const mayWrite = useCan('conversations.tag')
  const [written, setWritten] = useState<string | null>(null)
  const save = useAct(
    (note: string) => changeIssue(issue.id, { note }),
    [keys.recurring.all],
    t('recurring:note.saved'),
  )
  const note = written ?? issue.note
  return (
    <section className={classes.card} aria-labelledby="note-title">
      <h2 id="note-title">{t('recurring:note.title')}</h2>
      <Textarea
        rows={4}
        maxLength={4_000}
        aria-labelledby="note-title"
        placeholder={t('recurring:note.text')}
        readOnly={!mayWrite}
        value={note}
        onChange={(event) => setWritten(event.currentTarget.value)}
      />
      {written !== null && written !== issue.note && (
        <div className={`${classes.acts} ${classes.end}`}>
          <Button variant="default" onClick={() => setWritten(null)}>
            {t('common:action.cancel')}
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate(written, { onSuccess: () => setWritten(null) })}>
            {t('common:action.save')}
          </Button>
        </div>
      )}
    </section>
  )
}
