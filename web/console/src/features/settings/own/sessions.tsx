import { Button } from '@mantine/core'
import { http, type Id, type SignInSession, unwrap } from '@rapport/client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { deviceOf } from '../model/device'
import { Section } from '../parts/page'
import classes from '../settings.module.css'

const sessionsQuery = queryOptions({
  queryKey: keys.settings.sessions,
  queryFn: () => unwrap<SignInSession[]>(http.GET('/v1/auth/sessions')),
})

const endSession = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/auth/sessions/{session_id}', { params: { path: { session_id: id } } }))
const endOthers = () => unwrap<unknown>(http.DELETE('/v1/auth/sessions'))

/** Every browser that is signed in as me. */
export function Sessions() {
  const { t } = useTranslation('settings')
  const sessions = useQuery(sessionsQuery)
  const end = useAct(endSession, [keys.settings.sessions])
  const others = useAct(endOthers, [keys.settings.sessions], t('profile.ended'))
  const items = sessions.data ?? []
  return (
    <Section
      title={t('profile.sessions')}
      text={t('profile.sessionsText')}
      action={
        items.length > 1 && (
          <Button variant="default" loading={others.isPending} onClick={() => others.mutate(undefined)}>
            {t('profile.endOthers')}
          </Button>
        )
      }
    >
      {sessions.isPending && <RowSkeletons rows={2} height={60} />}
      {sessions.isError && <Failed error={sessions.error} retry={() => void sessions.refetch()} />}
      <div className={classes.card}>
        <ul className={classes.rows}>
          {items.map((session) => {
            const device = deviceOf(session.user_agent) ?? t('profile.unknownDevice')
            return (
              <li key={session.id} className={classes.row}>
                <span className={classes.rowText}>
                  <span className={classes.rowTitle}>
                    {device}{' '}
                    {session.current && (
                      <span className={classes.tag} data-kind="on">
                        {t('profile.thisOne')}
                      </span>
                    )}
                  </span>
                  <span className={classes.rowNote}>
                    <bdi dir="ltr">{session.ip}</bdi> · <TimeAgo at={session.last_seen_at} />
                  </span>
                </span>
                {!session.current && (
                  <Button
                    variant="subtle"
                    color="gray"
                    size="compact-sm"
                    aria-label={t('profile.endOf', { device })}
                    loading={end.isPending && end.variables === session.id}
                    onClick={() => end.mutate(session.id)}
                  >
                    {t('profile.end')}
                  </Button>
                )}
              </li>
            )
          })}
        </ul>
      </div>
    </Section>
  )
}
