import type { LanguageModel } from '@rapport/client'
import { describe, expect, it } from 'vitest'
import { addresses, asIn, byPurpose, draftOf, fillOf, moved, needsKeyAnew, newDraft, withProtocol } from './model'

const saved: LanguageModel = {
  id: 'm1',
  protocol: 'openai',
  base_url: 'https://models.example/v1',
  model: 'large',
  has_key: true,
  input_price: 1,
  output_price: 2,
}

describe('what is sent of a model', () => {
  it('leaves the kept key alone unless another is typed', () => {
    expect(asIn(saved)).not.toHaveProperty('api_key')
    expect(asIn(draftOf(saved))).not.toHaveProperty('api_key')
    expect(asIn({ ...draftOf(saved), api_key: ' sk-new ' })).toMatchObject({ id: 'm1', api_key: 'sk-new' })
  })

  it('names no id for a new one, and never what only we know', () => {
    expect(asIn({ ...newDraft, model: ' tiny ' })).toEqual({
      protocol: 'openai',
      base_url: addresses.openai,
      model: 'tiny',
      input_price: 0,
      output_price: 0,
    })
  })
})

it('asks for the key again when the address or the protocol changes, and only where one was kept', () => {
  const draft = draftOf(saved)
  expect(needsKeyAnew(saved, draft)).toBe(false)
  expect(needsKeyAnew(saved, { ...draft, model: 'other' })).toBe(false)
  expect(needsKeyAnew(saved, { ...draft, base_url: 'https://elsewhere.example/v1' })).toBe(true)
  expect(needsKeyAnew(saved, { ...draft, protocol: 'anthropic' })).toBe(true)
  expect(needsKeyAnew(saved, { ...draft, protocol: 'anthropic', api_key: 'sk' })).toBe(false)
  expect(needsKeyAnew({ ...saved, has_key: false }, { ...draft, protocol: 'anthropic' })).toBe(false)
})

it('follows the protocol to its usual address, but keeps one that was typed', () => {
  expect(withProtocol(newDraft, 'anthropic').base_url).toBe(addresses.anthropic)
  expect(withProtocol(draftOf(saved), 'anthropic').base_url).toBe(saved.base_url)
})

it('moves one thing and keeps the order of the rest', () => {
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
})

it('sums up what models were used for', () => {
  const row = {
    day: '2026-01-05',
    answered: 1,
    cached: 0,
    retries: 0,
    input_tokens: 1,
    output_tokens: 1,
    latency_ms: 9,
  }
  const sums = byPurpose([
    { ...row, purpose: 'answer', calls: 2, cost: 0.5, currency: 'EUR' },
    { ...row, purpose: 'answer', calls: 1, cost: 0.25, currency: 'EUR' },
    { ...row, purpose: 'gap_draft', calls: 4, cost: 1, currency: 'EUR' },
  ])
  expect(sums.get('answer')).toEqual({ purpose: 'answer', calls: 3, cost: 0.75, currency: 'EUR' })
  expect(sums.size).toBe(2)
})

it('says when a budget is nearly or wholly used up', () => {
  expect(fillOf(79, 100)).toEqual({ share: 0.79, fill: 'plain' })
  expect(fillOf(80, 100).fill).toBe('near')
  expect(fillOf(120, 100)).toEqual({ share: 1, fill: 'full' })
  expect(fillOf(0, 0).fill).toBe('full')
})
