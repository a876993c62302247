import type { LanguageModel, LanguageModelIn, ModelUsage } from '@rapport/client'

/** A model as it is being typed in: a new one has no id; without a key the kept one stays. */
export interface ModelDraft {
  id: string | null
  protocol: LanguageModel['protocol']
  base_url: string
  model: string
  api_key: string
  has_key: boolean
  input_price: number
  output_price: number
}

/** A model of the list, kept as it is or as it was just written. */
export type Placed = LanguageModel | ModelDraft

export const addresses: Record<LanguageModel['protocol'], string> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
}

export const newDraft: ModelDraft = {
  id: null,
  protocol: 'openai',
  base_url: addresses.openai,
  model: '',
  api_key: '',
  has_key: false,
  input_price: 0,
  output_price: 0,
}

export const draftOf = (model: LanguageModel): ModelDraft => ({ ...model, api_key: '' })

/** What is sent of a model. */
export function asIn(model: Placed): LanguageModelIn {
  const key = 'api_key' in model ? model.api_key.trim() : ''
  return {
    protocol: model.protocol,
    base_url: model.base_url.trim(),
    model: model.model.trim(),
    input_price: model.input_price,
    output_price: model.output_price,
    ...(model.id ? { id: model.id } : {}),
    ...(key ? { api_key: key } : {}),
  }
}

/** Speaking another protocol leads to its usual address, unless another one was typed. */
export function withProtocol(draft: ModelDraft, protocol: ModelDraft['protocol']): ModelDraft {
  const isUsual = draft.base_url.trim() === '' || draft.base_url === addresses[draft.protocol]
  return { ...draft, protocol, base_url: isUsual ? addresses[protocol] : draft.base_url }
}

/** The kept key goes only to the address it was entered for. */
export const needsKeyAnew = (saved: LanguageModel | undefined, draft: ModelDraft): boolean =>
  Boolean(
    saved?.has_key &&
      !draft.api_key.trim() &&
      (saved.base_url !== draft.base_url.trim() || saved.protocol !== draft.protocol),
  )

/** The list with what stands at `from` put to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from)
  const item = list[from]
  return item === undefined ? rest : [...rest.slice(0, to), item, ...rest.slice(to)]
}

export interface Used {
  purpose: string
  calls: number
  cost: number
  currency: string | null
}

/** What models were used for, summed up over the days, by purpose. */
export function byPurpose(usage: readonly ModelUsage[]): Map<string, Used> {
  const sums = new Map<string, Used>()
  for (const { purpose, calls, cost, currency } of usage) {
    const known = sums.get(purpose) ?? { purpose, calls: 0, cost: 0, currency }
    sums.set(purpose, { ...known, calls: known.calls + calls, cost: known.cost + cost })
  }
  return sums
}

export type Fill = 'plain' | 'near' | 'full'

/** How full a budget is, from 0 to 1, and whether that is worth a word. */
export function fillOf(spent: number, limit: number): { share: number; fill: Fill } {
  const share = limit > 0 ? Math.min(1, spent / limit) : 1
  return { share, fill: share >= 1 ? 'full' : share >= 0.8 ? 'near' : 'plain' }
}

/** Codes of currencies, as the browser knows them. */
export const currencies = (): string[] => Intl.supportedValuesOf('currency')
