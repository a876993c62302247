import { NumberInput, Progress, Switch } from '@mantine/core'
import type { LanguageModels, ModelLimits } from '@rapport/client'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import { useDraft } from '../model/use-draft'
import { Section } from '../parts/page'
import { SaveBar } from '../parts/save-bar'
import classes from '../settings.module.css'
import { CurrencySelect } from './currency-select'
import own from './language-models.module.css'
import { fillOf } from './model'
import { useSaveModels } from './queries'

const budgets = ['day_tokens', 'month_tokens', 'day_cost', 'month_cost'] as const
type Budget = (typeof budgets)[number]

/** What models may cost and take, and how much of it is used. */
export function Budgets({ configured }: { configured: LanguageModels }) {
  const { t } = useTranslation('models')
  const draft = useDraft<ModelLimits>(configured.limits)
  const save = useSaveModels()
  const form = useRef<HTMLFormElement>(null)
  const { value, set } = draft
  const hasMoney = value.day_cost !== null || value.month_cost !== null
  const isPriced = configured.models.some((model) => model.input_price > 0 || model.output_price > 0)
  return (
    <Section title={t('budgets.title')} text={t('budgets.text')}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ models: configured.models, limits: value }, { onSuccess: draft.discard })
        }}
      >
        <div className={`${classes.card} ${classes.form}`}>
          <div className={own.budgets}>
            {budgets.map((name) => (
              <div key={name} className={classes.field}>
                <NumberInput
                  label={t(`budgets.${name}`)}
                  placeholder={t('budgets.none')}
                  value={value[name] ?? ''}
                  min={0}
                  decimalScale={name.endsWith('tokens') ? 0 : 6}
                  allowNegative={false}
                  onChange={(typed) => set({ [name]: typed === '' ? null : Number(typed) })}
                />
                <Use name={name} configured={configured} />
              </div>
            ))}
          </div>
          <CurrencySelect
            value={value.currency ?? ''}
            isRequired={hasMoney || isPriced}
            onChange={(currency) => set({ currency: currency || null })}
          />
          <div className={classes.pair}>
            <NumberInput
              label={t('budgets.seconds')}
              description={t('budgets.secondsHint')}
              value={value.seconds}
              min={1}
              max={120}
              onChange={(typed) => set({ seconds: Math.min(120, Math.max(1, Number(typed) || 1)) })}
            />
            <NumberInput
              label={t('budgets.keepDays')}
              description={t('budgets.keepDaysHint')}
              value={value.keep_days}
              min={1}
              max={3_650}
              allowDecimal={false}
              onChange={(typed) => set({ keep_days: Math.min(3_650, Math.max(1, Number(typed) || 1)) })}
            />
          </div>
          <Switch
            label={t('budgets.keepsWords')}
            description={t('budgets.keepsWordsHint')}
            checked={value.keeps_words}
            onChange={(event) => set({ keeps_words: event.currentTarget.checked })}
          />
        </div>
        <SaveBar
          isDirty={draft.isDirty}
          isSaving={save.isPending}
          onSave={() => form.current?.requestSubmit()}
          onDiscard={draft.discard}
        />
      </form>
    </Section>
  )
}

/** What was used so far, and how much of the budget that is. */
function Use({ name, configured }: { name: Budget; configured: LanguageModels }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const spent = configured.spent[name]
  const limit = configured.limits[name]
  const shown = (amount: number) =>
    name.endsWith('cost') ? format.money(amount, configured.limits.currency) : format.number(amount)
  if (limit === null) return <span className={classes.rowNote}>{t('budgets.used', { spent: shown(spent) })}</span>
  const { share, fill } = fillOf(spent, limit)
  return (
    <>
      <Progress.Root size="sm">
        <Progress.Section
          value={100 * share}
          color={fill === 'full' ? 'red' : fill === 'near' ? 'yellow' : undefined}
          aria-label={t('budgets.share', { name: t(`budgets.${name}`) })}
        />
      </Progress.Root>
      <span className={classes.rowNote} data-fill={fill}>
        {t(`budgets.fill.${fill}`, { spent: shown(spent), limit: shown(limit), share: format.percent(share) })}
      </span>
    </>
  )
}
