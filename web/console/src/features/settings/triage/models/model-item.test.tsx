// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { IntentRow, Me, TriageFigures, TriageModel, TriageModelRow } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import common from '../../../../locales/en/common.json'
import triage from '../../../../locales/en/triage.json'
import { keys } from '../../../../queries/keys'
import { ModelItem } from './model-item'

let queries: QueryClient
const score = { count: 40, accuracy: 0.9, accuracy_with_refusals: 0.85, macro_f1: 0.88 }
const before = { ...score, accuracy: 0.825 }

const row = (more: Partial<TriageModelRow> = {}) =>
  ({
    id: 'm',
    state: 'ready',
    step: 'gather',
    percent: 0,
    examples: 120,
    score,
    compared: before,
    can_promote: true,
    created_at: '2026-05-01T10:00:00Z',
    created_by_name: 'Anna',
    error: null,
    ...more,
  }) as TriageModelRow

const figures = {
  ...score,
  are_peoples: true,
  oos_recall: null,
  oos_precision: null,
  calibration_error: 0.04,
  intents: [{ intent_id: 'refund', count: 12, said: 12, precision: 0.9, recall: 0.8, f1: 0.847 }],
  confusions: [{ intent_id: 'refund', taken_for_id: null, count: 3 }],
} as unknown as TriageFigures

beforeAll(() =>
  i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { common, triage } }, defaultNS: 'common' }),
)
beforeEach(() => {
  queries = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } })
  queries.setQueryData<Me>(keys.me, { user: { id: 'me', name: 'Me' }, permissions: [] as string[] } as Me)
  queries.setQueryData(keys.triage.intents, [{ id: 'refund', name: 'Refund' } as IntentRow])
  const known = { ...row(), figures, compared_figures: { ...figures, ...before }, learn_s: 2.4, peak_mb: 310 }
  queries.setQueryData(keys.triage.model('m'), known as unknown as TriageModel)
})
afterEach(cleanup)

const show = (model: TriageModelRow, mayManage = true) =>
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <ul>
          <ModelItem model={model} mayManage={mayManage} />
        </ul>
      </QueryClientProvider>
    </MantineProvider>,
  )

it('sets its figures beside those of the model in use, on the same messages', async () => {
  show(row())
  expect(screen.getByText('right in 90% of 40 messages; the model in use: 82.5%')).toBeDefined()
  await userEvent.setup().click(screen.getByRole('button', { name: 'Figures' }))
  const overall = screen.getByRole('table', { name: 'Over all' })
  expect(within(overall).getByRole('row', { name: 'Right 90% 82.5%' })).toBeDefined()
  const confused = screen.getByRole('table', { name: 'What is taken for what' })
  expect(within(confused).getByRole('row', { name: 'Refund Nothing that is known 3' })).toBeDefined()
})

it('tells how far a training is, and lets it be given up', () => {
  show(row({ state: 'training', step: 'learn', percent: 60, score: null, compared: null, can_promote: false }))
  expect(screen.getByText('Learning')).toBeDefined()
  expect(screen.getByRole('button', { name: 'Cancel the training' })).toBeDefined()
})

it('says in words why a training failed', () => {
  show(row({ state: 'failed', error: 'too_few_to_learn', score: null, compared: null, can_promote: false }))
  expect(screen.getByRole('alert').textContent).toContain('at least two intents')
})

it('lets only those who manage the assistant put a model to use', () => {
  show(row(), false)
  expect(screen.queryByRole('button', { name: 'Put to use' })).toBeNull()
})
