import { describe, expect, it } from 'vitest'
import { language } from '../src/frame/i18n'
import { initials } from '../src/frame/views/Avatar'
import { faultOf } from '../src/frame/views/Field'
import { answersOf } from '../src/frame/views/Form'
import { profileOf } from '../src/frame/views/PreChat'
import { dayName, sizeWords } from '../src/frame/views/time'

const english = language('en-GB', {}, {})

describe('small words', () => {
  it.each([
    ['Maya Okafor', 'MO'],
    ['maya', 'M'],
    ['Ana María de la Cruz', 'AC'],
    ['  ', ''],
    ['🦊 Fox', '🦊F'],
  ])('%j has the initials %j', (name, letters) => expect(initials(name)).toBe(letters))

  it('names days as people do', () => {
    const now = new Date(2026, 2, 10, 12)
    expect(dayName(new Date(2026, 2, 10, 1).toISOString(), english, now)).toBe('Today')
    expect(dayName(new Date(2026, 2, 9, 23).toISOString(), english, now)).toBe('Yesterday')
    expect(dayName(new Date(2026, 2, 1).toISOString(), english, now)).toBe('1 Mar 2026')
  })

  it('writes sizes of files', () => {
    expect(sizeWords(2_100_000, english)).toBe('2.1 MB')
    expect(sizeWords(34_500, english)).toBe('35 kB')
  })
})

describe('the questions before the first message', () => {
  const email = { key: 'email', label: 'E-mail', type: 'email' as const, required: false }

  it('insist only on what is required and has a form', () => {
    expect(faultOf(email, ' ')).toBeNull()
    expect(faultOf({ ...email, required: true }, ' ')).toBe('required')
    expect(faultOf(email, 'ada@')).toBe('bad_email')
    expect(faultOf(email, 'ada@example.com')).toBeNull()
  })

  it('put name and e-mail in their places and the rest among the attributes', () => {
    expect(profileOf({ name: ' Ada ', email: '', order: '12' })).toEqual({ name: 'Ada', attributes: { order: '12' } })
  })
})

describe('a form within a conversation', () => {
  it('is answered by a line for each question that has an answer', () => {
    const field = { label: '', type: 'text', required: false }
    const fields = [
      { ...field, key: 'order' },
      { ...field, key: 'reason' },
      { ...field, key: 'colour' },
    ]

    expect(answersOf(fields, { order: ' 1234 ', colour: 'blue', reason: ' ' })).toBe('order: 1234\ncolour: blue')
  })
})
