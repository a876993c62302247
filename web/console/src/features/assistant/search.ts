import type { Answer, GapOrder, GapRow } from '@rapport/client'
import type { Period } from '../../queries/assistant'

/** The parts of the address that the pages read; what is as usual is not in it. */
export interface OverviewSearch {
  period?: Period
  inbox?: string
}

export interface GapsSearch {
  state?: GapRow['state']
  order?: GapOrder
}

export interface AnswersSearch {
  decision?: Answer['decision']
}

type Search = Record<string, unknown>

const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((each) => each === value)

export const decisions = ['answered', 'handed_over', 'silent'] as const

export function readOverviewSearch(search: Search): OverviewSearch {
  const period = oneOf<Period>(search.period, ['7d', '90d'])
  return {
    ...(period ? { period } : {}),
    ...(typeof search.inbox === 'string' && search.inbox ? { inbox: search.inbox } : {}),
  }
}

export function readGapsSearch(search: Search): GapsSearch {
  const state = oneOf<GapRow['state']>(search.state, ['drafted', 'answered', 'dismissed', 'merged'])
  const order = oneOf<GapOrder>(search.order, ['recent'])
  return { ...(state ? { state } : {}), ...(order ? { order } : {}) }
}

export function readAnswersSearch(search: Search): AnswersSearch {
  const decision = oneOf(search.decision, decisions)
  return decision ? { decision } : {}
}
