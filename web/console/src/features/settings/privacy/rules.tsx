import { Button } from '@mantine/core'
import type { RetentionRule } from '@rapport/client'
import { IconHourglass, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, RowSkeletons } from '../../../components/states'
import { TimeAgo } from '../../../components/time'
import { inboxesQuery } from '../../../queries/people'
import { rulesQuery } from '../../../queries/privacy'
import { Section } from '../parts/page'
import classes from '../settings.module.css'
import { RuleDialog } from './rule-dialog'

/** The retention rules, and what each did last night. */
export function Rules(): ReactNode {
  const { t } = useTranslation('privacy')
  const rules = useQuery(rulesQuery)
  const [editing, setEditing] = useState<RetentionRule | 'new' | null>(null)
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
      {t('rules.add')}
    </Button>
  )
  return (
    <Section title={t('rules.title')} text={t('rules.text')} action={rules.data?.length ? button : undefined}>
      {rules.isPending && <RowSkeletons rows={2} height={60} />}
      {rules.isError && <Failed error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data && (
        <div className={classes.card}>
          {rules.data.length === 0 ? (
            <Empty icon={IconHourglass} title={t('rules.none')} text={t('rules.noneText')} action={button} />
          ) : (
            <ul className={classes.rows}>
              {rules.data.map((rule) => (
                <Row key={rule.id} rule={rule} onEdit={() => setEditing(rule)} />
              ))}
            </ul>
          )}
        </div>
      )}
      {editing && <RuleDialog rule={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Section>
  )
}

function Row({ rule, onEdit }: { rule: RetentionRule; onEdit: () => void }) {
  const { t } = useTranslation('privacy')
  const name = useRuleName(rule)
  return (
    <li className={classes.row}>
      <span className={classes.rowText}>
        <span className={classes.rowTitle}>{name}</span>
        <span className={classes.rowNote}>
          {rule.last_run_at ? (
            <>
              {t('rules.lastRun', { count: rule.last_count ?? 0 })} · <TimeAgo at={rule.last_run_at} />
            </>
          ) : (
            t('rules.neverRun')
          )}
        </span>
      </span>
      <span className={classes.tag} data-kind={rule.is_enabled ? 'on' : 'off'}>
        {t(rule.is_enabled ? 'rules.on' : 'rules.off')}
      </span>
      <Button variant="default" size="compact-sm" aria-label={t('rules.changeNamed', { name })} onClick={onEdit}>
        {t('rules.change')}
      </Button>
    </li>
  )
}

/** A rule in a sentence. */
function useRuleName({ kind, effect, after_days, inbox_id }: RetentionRule): string {
  const { t } = useTranslation('privacy')
  const inboxes = useQuery(inboxesQuery)
  const inbox = inbox_id && (inboxes.data?.find(({ id }) => id === inbox_id)?.name ?? t('rules.inboxGone'))
  const what = t(`kind.${kind}`, { defaultValue: kind })
  const name = t('rules.name', { what, effect: t(`effect.${effect}`), count: after_days })
  return inbox ? t('rules.inInbox', { name, inbox }) : name
}
