import { Button } from '@mantine/core'
import { http, type Id, type Security, unwrap } from '@rapport/client'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../../components/time'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { Section } from '../parts/page'
import classes from '../settings.module.css'

const disconnect = (id: Id) =>
  unwrap<unknown>(http.DELETE('/v1/me/identities/{identity_id}', { params: { path: { identity_id: id } } }))

async function connect(id: Id) {
  const { url } = await unwrap<{ url: string }>(
    http.POST('/v1/me/identities/{provider_id}', {
      params: { path: { provider_id: id } },
      body: { to: '/settings/security' },
    }),
  )
  window.location.assign(url)
}

/** Where else I am known; only where the workspace trusts an identity provider. */
export function Identities({ security }: { security: Security }) {
  const { t } = useTranslation('security')
  const connecting = useAct(connect, [])
  const ending = useAct(disconnect, [keys.security])
  if (security.providers.length === 0 && security.identities.length === 0) return null
  return (
    <Section
      title={t('identities.title')}
      text={t('identities.text')}
      action={security.providers.map(({ id, name }) => (
        <Button key={id} variant="default" loading={connecting.isPending} onClick={() => connecting.mutate(id)}>
          {t('identities.connect', { name })}
        </Button>
      ))}
    >
      {security.identities.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.rows}>
            {security.identities.map((identity) => (
              <li key={identity.id} className={classes.row}>
                <span className={classes.rowText}>
                  <bdi className={classes.rowTitle}>{identity.email || identity.issuer}</bdi>
                  <span className={classes.rowNote}>
                    <bdi dir="ltr">{identity.issuer}</bdi> · {t('passkeys.used')}{' '}
                    {identity.last_used_at ? <TimeAgo at={identity.last_used_at} /> : t('passkeys.never')}
                  </span>
                </span>
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  aria-label={t('identities.disconnectOf', { name: identity.email || identity.issuer })}
                  loading={ending.isPending && ending.variables === identity.id}
                  onClick={() => ending.mutate(identity.id)}
                >
                  {t('identities.disconnect')}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  )
}
