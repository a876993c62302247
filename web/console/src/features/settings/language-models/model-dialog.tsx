import { Button, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import type { LanguageModel, LanguageModels } from '@rapport/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from '../settings.module.css'
import { CurrencySelect } from './currency-select'
import { KeyField } from './key-field'
import { addresses, draftOf, type ModelDraft, needsKeyAnew, newDraft, withProtocol } from './model'
import { ModelTry } from './model-try'
import { useSaveModels } from './queries'

interface Props {
  configured: LanguageModels
  /** The one that is changed; a new one when absent. */
  saved: LanguageModel | undefined
  onClose: () => void
}

/** Where a model is, its key and its prices, and a call to see whether it answers. */
export function ModelDialog({ configured, saved, onClose }: Props) {
  const { t } = useTranslation(['models', 'common'])
  const [draft, setDraft] = useState<ModelDraft>(saved ? draftOf(saved) : newDraft)
  const [currency, setCurrency] = useState(configured.limits.currency ?? '')
  const save = useSaveModels()
  const set = (change: Partial<ModelDraft>) => setDraft({ ...draft, ...change })
  const isPriced = draft.input_price > 0 || draft.output_price > 0
  const lacksKey = needsKeyAnew(saved, draft)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { models, limits } = configured
    const next = saved ? models.map((each) => (each.id === saved.id ? draft : each)) : [...models, draft]
    save.mutate({ models: next, limits: { ...limits, currency: currency || null } }, { onSuccess: onClose })
  }

  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={saved ? t('models:dialog.change', { name: saved.model }) : t('models:add')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
        <NativeSelect
          label={t('models:dialog.protocol')}
          description={t('models:dialog.protocolHint')}
          data={(Object.keys(addresses) as ModelDraft['protocol'][]).map((value) => ({
            value,
            label: t(`models:protocol.${value}`),
          }))}
          value={draft.protocol}
          onChange={(event) => {
            const chosen = event.currentTarget.value
            setDraft(withProtocol(draft, chosen === 'anthropic' ? chosen : 'openai'))
          }}
        />
        <TextInput
          label={t('models:dialog.address')}
          description={t('models:dialog.addressHint')}
          type="url"
          dir="ltr"
          required
          maxLength={500}
          value={draft.base_url}
          onChange={(event) => set({ base_url: event.currentTarget.value })}
        />
        <TextInput
          label={t('models:dialog.model')}
          description={t('models:dialog.modelHint')}
          dir="ltr"
          required
          pattern="\S+"
          maxLength={200}
          data-autofocus={!saved || undefined}
          value={draft.model}
          onChange={(event) => set({ model: event.currentTarget.value })}
        />
        <KeyField
          isKept={draft.has_key}
          isNeeded={lacksKey}
          value={draft.api_key}
          onChange={(api_key) => set({ api_key })}
        />
        <div className={classes.pair}>
          <Price name="input" value={draft.input_price} onChange={(input_price) => set({ input_price })} />
          <Price name="output" value={draft.output_price} onChange={(output_price) => set({ output_price })} />
        </div>
        {(isPriced || currency) && <CurrencySelect value={currency} isRequired={isPriced} onChange={setCurrency} />}
        <ModelTry draft={draft} isReady={Boolean(draft.model.trim() && draft.base_url.trim()) && !lacksKey} />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common:action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Price({ name, value, onChange }: { name: 'input' | 'output'; value: number; onChange: (to: number) => void }) {
  const { t } = useTranslation('models')
  return (
    <NumberInput
      label={t(`dialog.${name}Price`)}
      description={t('dialog.priceHint')}
      value={value}
      min={0}
      max={1_000_000}
      decimalScale={6}
      allowNegative={false}
      onChange={(typed) => onChange(Number(typed) || 0)}
    />
  )
}
