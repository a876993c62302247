import { Button, Modal, NativeSelect, NumberInput, Skeleton, Switch } from '@mantine/core'
import type { RetentionEffect, RetentionKind, RetentionRule, RuleDraft } from '@rapport/client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sayFailed } from '../../../lib/say-failed'
import { useAct } from '../../../lib/use-act'
import { keys } from '../../../queries/keys'
import { inboxesQuery } from '../../../queries/people'
import { forecast, kindsQuery, removeRule, saveRule } from '../../../queries/privacy'
import classes from '../settings.module.css'
import { Outlook } from './outlook'

interface Props {
  rule: RetentionRule | null
  onClose: () => void
}

/** A rule, tried before it is kept: nothing happens until the trial has been looked at. */
export function RuleDialog({ rule, onClose }: Props): ReactNode {
  const { t } = useTranslation(['privacy', 'common'])
  const kinds = useQuery(kindsQuery)
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(rule ? 'privacy:rules.changeTitle' : 'privacy:rules.add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {kinds.data ? <Form kinds={kinds.data} rule={rule} onClose={onClose} /> : <Skeleton height={320} />}
    </Modal>
  )
}

const fresh = (kinds: RetentionKind[]): RuleDraft => {
  const kind = kinds.find(({ key }) => key === 'conversations.resolved') ?? kinds[0]
  return {
    kind: kind?.key ?? '',
    inbox_id: null,
    effect: kind?.effects[0] ?? 'delete',
    after_days: 365,
    is_enabled: true,
  }
}

function Form({ kinds, rule, onClose }: Props & { kinds: RetentionKind[] }) {
  const { t } = useTranslation(['privacy', 'common'])
  const [draft, setDraft] = useState<RuleDraft>(rule ?? fresh(kinds))
  const trial = useMutation({ mutationFn: forecast, onError: sayFailed })
  const save = useAct(saveRule, [keys.privacy.rules], t('privacy:rules.saved'))
  const remove = useAct(removeRule, [keys.privacy.rules], t('privacy:rules.removed'))
  const change = (part: Partial<RuleDraft>) => {
    setDraft({ ...draft, ...part })
    trial.reset()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!trial.data && draft.is_enabled) trial.mutate(draft)
    else save.mutate({ id: rule?.id ?? null, ...draft }, { onSuccess: onClose })
  }
  const mustTry = draft.is_enabled && !trial.data
  return (
    <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
      <Fields kinds={kinds} draft={draft} isNew={!rule} onChange={change} />
      {trial.data && <Outlook forecast={trial.data} draft={draft} />}
      <div className={classes.actions}>
        {rule && (
          <Button
            variant="subtle"
            color="red"
            loading={remove.isPending}
            onClick={() => remove.mutate(rule.id, { onSuccess: onClose })}
          >
            {t('privacy:rules.remove')}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button type="submit" loading={trial.isPending || save.isPending}>
          {t(mustTry ? 'privacy:rules.try' : 'common:action.save')}
        </Button>
      </div>
    </form>
  )
}

interface FieldsProps {
  kinds: RetentionKind[]
  draft: RuleDraft
  isNew: boolean
  onChange: (part: Partial<RuleDraft>) => void
}

function Fields({ kinds, draft, isNew, onChange }: FieldsProps) {
  const { t } = useTranslation('privacy')
  const inboxes = useQuery(inboxesQuery)
  const kind = kinds.find(({ key }) => key === draft.kind)
  const chooseKind = (key: string) => {
    const chosen = kinds.find((each) => each.key === key)
    const inbox_id = chosen?.per_inbox ? draft.inbox_id : null
    onChange({ kind: key, inbox_id, effect: chosen?.effects[0] ?? 'delete' })
  }
  return (
    <>
      <NativeSelect
        label={t('rules.what')}
        value={draft.kind}
        disabled={!isNew}
        data={kinds.map(({ key }) => ({ value: key, label: t(`kind.${key}`, { defaultValue: key }) }))}
        onChange={(event) => chooseKind(event.currentTarget.value)}
      />
      {kind?.per_inbox && (
        <NativeSelect
          label={t('rules.inbox')}
          value={draft.inbox_id ?? ''}
          disabled={!isNew}
          data={[
            { value: '', label: t('rules.everyInbox') },
            ...(inboxes.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => onChange({ inbox_id: event.currentTarget.value || null })}
        />
      )}
      <div className={classes.pair}>
        <NumberInput
          label={t('rules.days')}
          value={draft.after_days}
          min={1}
          max={36_500}
          allowDecimal={false}
          clampBehavior="strict"
          required
          onChange={(value) => onChange({ after_days: Math.max(1, Number(value) || 1) })}
        />
        <NativeSelect
          label={t('rules.effect')}
          value={draft.effect}
          data={(kind?.effects ?? []).map((effect) => ({ value: effect, label: t(`effect.${effect}`) }))}
          onChange={(event) => onChange({ effect: event.currentTarget.value as RetentionEffect })}
        />
      </div>
      <p className={classes.quiet}>{t(`effectHint.${draft.effect}`)}</p>
      <Switch
        label={t('rules.enabled')}
        checked={draft.is_enabled}
        onChange={(event) => onChange({ is_enabled: event.currentTarget.checked })}
      />
    </>
  )
}
