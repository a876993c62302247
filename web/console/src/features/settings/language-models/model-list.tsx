import { ActionIcon, Button } from '@mantine/core'
import type { LanguageModel, LanguageModels } from '@rapport/client'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../lib/use-format'
import { Confirm } from '../parts/confirm'
import classes from '../settings.module.css'
import own from './language-models.module.css'
import { moved } from './model'
import { useSaveModels } from './queries'

interface Props {
  configured: LanguageModels
  onEdit: (model: LanguageModel) => void
}

/** The models in the order in which they are asked. Whoever moves one stays on it. */
export function ModelList({ configured, onEdit }: Props) {
  const { t } = useTranslation('models')
  const save = useSaveModels()
  const list = useRef<HTMLOListElement>(null)
  const held = useRef<{ id: string; step: Step } | null>(null)
  const [told, setTold] = useState('')
  const { models, limits } = configured
  const order = models.map(({ id }) => id).join(' ')

  // biome-ignore lint/correctness/useExhaustiveDependencies: a button that moved has lost the focus.
  useEffect(() => {
    if (!held.current) return
    const { id, step } = held.current
    const buttons = list.current?.querySelectorAll<HTMLButtonElement>(`[data-model="${id}"] button[data-step]`) ?? []
    const able = [...buttons].filter((button) => !button.disabled)
    const same = able.find((button) => button.dataset.step === step)
    ;(same ?? able[0])?.focus()
  }, [order])

  const move = (from: number, step: Step) => {
    const model = models[from]
    const to = step === 'up' ? from - 1 : from + 1
    if (!model || save.isPending) return
    held.current = { id: model.id, step }
    save.mutate({ models: moved(models, from, to), limits })
    setTold(t('list.moved', { name: model.model, place: to + 1 }))
  }

  return (
    <div className={classes.card}>
      <ol className={classes.rows} ref={list} aria-label={t('list.title')}>
        {models.map((model, index) => (
          <li key={model.id} className={classes.row} data-model={model.id}>
            <span className={own.place} aria-hidden>
              {index + 1}
            </span>
            <About model={model} currency={limits.currency} />
            <span className={own.acts}>
              <Move step="up" name={model.model} isDisabled={index === 0} onMove={() => move(index, 'up')} />
              <Move
                step="down"
                name={model.model}
                isDisabled={index === models.length - 1}
                onMove={() => move(index, 'down')}
              />
              <Button
                variant="default"
                size="compact-sm"
                aria-label={t('list.editOf', { name: model.model })}
                onClick={() => onEdit(model)}
              >
                {t('list.edit')}
              </Button>
              <Remove
                model={model}
                isBusy={save.isPending}
                onRemove={() => {
                  held.current = null
                  save.mutate({ models: models.filter(({ id }) => id !== model.id), limits })
                }}
              />
            </span>
          </li>
        ))}
      </ol>
      <p className={own.told} aria-live="polite">
        {told}
      </p>
    </div>
  )
}

function About({ model, currency }: { model: LanguageModel; currency: string | null }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const isFree = model.input_price === 0 && model.output_price === 0
  return (
    <span className={classes.rowText}>
      <bdi className={classes.rowTitle}>{model.model}</bdi>
      <span className={classes.rowNote}>
        {t(`protocol.${model.protocol}`)} · <bdi dir="ltr">{model.base_url}</bdi>
      </span>
      <span className={classes.rowNote}>
        {t(model.has_key ? 'list.hasKey' : 'list.noKey')}
        {' · '}
        {isFree
          ? t('list.free')
          : t('list.prices', {
              input: format.money(model.input_price, currency),
              output: format.money(model.output_price, currency),
            })}
      </span>
    </span>
  )
}

type Step = 'up' | 'down'

interface MoveProps {
  step: Step
  name: string
  isDisabled: boolean
  onMove: () => void
}

const Move = ({ step, name, isDisabled, onMove }: MoveProps) => {
  const { t } = useTranslation('models')
  const Icon = step === 'up' ? IconArrowUp : IconArrowDown
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      data-step={step}
      aria-label={t(`list.${step}`, { name })}
      disabled={isDisabled}
      onClick={onMove}
    >
      <Icon size={16} aria-hidden />
    </ActionIcon>
  )
}

function Remove({ model, isBusy, onRemove }: { model: LanguageModel; isBusy: boolean; onRemove: () => void }) {
  const { t } = useTranslation('models')
  const [isAsking, setAsking] = useState(false)
  const title = t('list.removeTitle', { name: model.model })
  return (
    <>
      <Button variant="subtle" color="red" size="compact-sm" aria-label={title} onClick={() => setAsking(true)}>
        {t('list.remove')}
      </Button>
      <Confirm
        opened={isAsking}
        title={title}
        text={t('list.removeText')}
        act={t('list.remove')}
        isBusy={isBusy}
        onAct={() => {
          setAsking(false)
          onRemove()
        }}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
