import type { MyConversation } from '@rapport/client'
import { describe, expect, it } from 'vitest'
import { hold } from './hold'

const row = (id: string, preview = '') => ({ id, preview }) as MyConversation
const rows = (ids: string) => [...ids].map((id) => row(id))
const shown = (order: string, live: string, reading?: string) => {
  const held = hold([...order], rows(live), reading ? row(reading) : undefined)
  return [held.rows.map((each) => each.id).join(''), held.waiting]
}

describe('a list under the pointer', () => {
  it('keeps its order when a row moves up, and says that one is new', () => {
    expect(shown('abc', 'cab')).toEqual(['abc', 1])
  })

  it('keeps what came waiting', () => {
    expect(shown('abc', 'xyabc')).toEqual(['abc', 2])
  })

  it('takes in what comes at its end', () => {
    expect(shown('abc', 'abcde')).toEqual(['abcde', 0])
  })

  it('lets go of what left the list', () => {
    expect(shown('abc', 'ac')).toEqual(['ac', 0])
  })

  it('keeps the conversation one reads, even when it left the list', () => {
    expect(shown('abc', 'ac', 'b')).toEqual(['abc', 0])
  })

  it('shows fresh content in the old place', () => {
    const held = hold(['a', 'b'], [row('b', 'new'), row('a')], undefined)
    expect(held.rows.map((each) => each.preview)).toEqual(['', 'new'])
  })
})
