import { describe, expect, it } from 'vitest'
import { addRecipients, isAddress, readRecipients, sameRecipients } from './addresses'

describe('reading what was typed', () => {
  it('knows names in angle brackets and in quotes', () => {
    expect(readRecipients('Jane Doe <jane@example.com>; "Doe, Bob" <bob@example.com>')).toEqual([
      { name: 'Jane Doe', address: 'jane@example.com' },
      { name: 'Doe, Bob', address: 'bob@example.com' },
    ])
  })

  it('parts bare addresses at commas, lines and spaces', () => {
    const people = readRecipients('a@example.com, b@example.com\nc@example.com d@example.com,')
    expect(people.map((each) => each.address)).toEqual([
      'a@example.com',
      'b@example.com',
      'c@example.com',
      'd@example.com',
    ])
  })

  it('keeps what is no address, so that it can be mended', () => {
    expect(readRecipients('jane at example')).toEqual([{ name: '', address: 'jane at example' }])
  })

  it('takes the address out of a link', () => {
    expect(readRecipients('mailto:jane@example.com')[0]?.address).toBe('jane@example.com')
  })
})

it.each([
  ['jane@example.com', true],
  ['jörg@bücher.example', true],
  ['jane+tag@mail.example.co.uk', true],
  ['jane@localhost', false],
  ['jane@@example.com', false],
  ['jane example.com', false],
  [`${'a'.repeat(320)}@example.com`, false],
])('%s is an address: %s', (text, answer) => {
  expect(isAddress(text)).toBe(answer)
})

it('adds each address once, whatever its case', () => {
  const jane = { name: 'Jane', address: 'Jane@example.com' }
  expect(addRecipients([jane], [{ name: '', address: 'jane@EXAMPLE.com' }])).toEqual([jane])
})

it('compares people by their addresses', () => {
  const jane = { name: 'Jane', address: 'jane@example.com' }
  const bob = { name: '', address: 'bob@example.com' }
  expect(sameRecipients([jane, bob], [bob, { ...jane, name: '' }])).toBe(true)
  expect(sameRecipients([jane], [jane, bob])).toBe(false)
})
