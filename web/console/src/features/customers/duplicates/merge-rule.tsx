import { Slider, Switch } from '@mantine/core'
import type { Workspace } from '@rapport/client'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../../lib/use-act'
import { useFormat } from '../../../lib/use-format'
import { keys } from '../../../queries/keys'
import { changeWorkspace, workspaceQuery } from '../../../queries/workspace'
import classes from '../customers.module.css'

interface Rule {
  automatic: boolean
  /** How likely it must be that two are one person, from 0.8 to 1. */
  threshold: number
}

const usual: Rule = { automatic: false, threshold: 0.9 }
const ruleOf = ({ settings }: Workspace): Rule => ({ ...usual, ...(settings.duplicates as Partial<Rule> | undefined) })

/** Whether customers who are surely one person are merged without asking. */
export function MergeRule() {
  const workspace = useQuery(workspaceQuery)
  return workspace.data ? <Loaded rule={ruleOf(workspace.data)} /> : null
}

function Loaded({ rule }: { rule: Rule }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const label = useId()
  const save = useAct(changeWorkspace, [keys.settings.workspace], t('rule.saved'))
  const set = (duplicates: Partial<Rule>) => save.mutate({ settings: { duplicates } })
  return (
    <section className={`${classes.card} ${classes.form}`} aria-label={t('rule.title')}>
      <Switch
        label={t('rule.title')}
        description={t('rule.text')}
        checked={rule.automatic}
        disabled={save.isPending}
        onChange={(event) => set({ automatic: event.currentTarget.checked })}
      />
      {rule.automatic && (
        <div>
          <span id={label}>{t('rule.threshold')}</span>
          <Slider
            key={rule.threshold}
            min={0.8}
            max={1}
            step={0.01}
            defaultValue={rule.threshold}
            label={format.percent}
            thumbProps={{ 'aria-labelledby': label }}
            onChangeEnd={(threshold) => set({ threshold })}
          />
        </div>
      )}
    </section>
  )
}
