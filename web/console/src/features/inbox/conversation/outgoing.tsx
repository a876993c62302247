import { Button } from '@mantine/core'
import { IconAlertTriangle, IconClock, IconFile } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Person } from '../../../components/person'
import { useMe } from '../../../queries/me'
import { discard, type Outgoing, retry } from '../composer/outbox'
import type { Restored } from '../composer/restoring'
import classes from './conversation.module.css'

interface Props {
  outgoing: Outgoing
  onRestore: (restored: Restored) => void
}

/** A message on its way, or held back with its reason and three ways on: again, edit, discard. */
export function OutgoingItem({ outgoing, onRestore }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  const queries = useQueryClient()
  const me = useMe()
  const failed = outgoing.state === 'failed'
  const edit = () => {
    discard(outgoing.client_id)
    onRestore(outgoing)
  }
  return (
    <div
      className={classes.message}
      data-voice={outgoing.kind === 'note' ? 'note' : 'agent'}
      data-state={outgoing.state}
    >
      <span className={classes.face}>
        <Person name={me.user.name} size={30} />
      </span>
      <div className={classes.bubbleFrame}>
        <div className={classes.bubble}>
          <p className={classes.plain} dir="auto">
            {outgoing.body}
          </p>
          {outgoing.attachments.map((file) => (
            <span key={file.id} className={classes.file}>
              <IconFile size={16} aria-hidden />
              {file.name}
            </span>
          ))}
        </div>
        {failed ? (
          <div className={classes.failed} role="alert">
            <IconAlertTriangle size={16} aria-hidden />
            <span>{reasonOf(outgoing, t('inbox:outgoing.conflict'), t('inbox:outgoing.failed'))}</span>
            <Button size="compact-xs" variant="light" onClick={() => void retry(queries, outgoing.client_id)}>
              {t(outgoing.conflict ? 'inbox:outgoing.sendAnyway' : 'common:action.retry')}
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={edit}>
              {t('inbox:outgoing.edit')}
            </Button>
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => discard(outgoing.client_id)}>
              {t('inbox:outgoing.discard')}
            </Button>
          </div>
        ) : (
          <span className={classes.sending}>
            <IconClock size={13} aria-hidden />
            {t('inbox:outgoing.sending')}
          </span>
        )}
      </div>
    </div>
  )
}

const reasonOf = (outgoing: Outgoing, conflict: string, unreachable: string): string =>
  outgoing.conflict ? conflict : (outgoing.error ?? unreachable)
