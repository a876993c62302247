import { describe, expect, it } from 'vitest'
import { continueList, format, insertAt } from './markdown'

const select = (text: string, part: string) => {
  const start = text.indexOf(part)
  return { text, start, end: start + part.length }
}

describe('formatting', () => {
  it('makes the selection bold and plain again', () => {
    const bold = format(select('say hello now', 'hello'), 'bold')
    expect(bold.text).toBe('say **hello** now')
    expect(format(bold, 'bold').text).toBe('say hello now')
  })

  it('turns words into the label of a link and addresses into its target', () => {
    expect(format(select('see docs', 'docs'), 'link').text).toBe('see [docs](https://)')
    expect(format(select('see https://a.example', 'https://a.example'), 'link').text).toBe('see [](https://a.example)')
  })

  it('makes lists of the selected lines and takes them back', () => {
    const list = format({ text: 'one\ntwo', start: 0, end: 7 }, 'numbers')
    expect(list.text).toBe('1. one\n2. two')
    expect(format(list, 'numbers').text).toBe('one\ntwo')
  })
})

describe('enter in a list', () => {
  it('begins the next item', () => {
    expect(continueList({ text: '1. one', start: 6, end: 6 })?.text).toBe('1. one\n2. ')
  })

  it('ends the list on an empty item', () => {
    expect(continueList({ text: '- one\n- ', start: 8, end: 8 })?.text).toBe('- one\n')
  })

  it('is a plain enter elsewhere', () => {
    expect(continueList({ text: 'plain', start: 5, end: 5 })).toBeNull()
  })
})

it('puts text at the cursor, in place of the selection', () => {
  expect(insertAt(select('say hello', 'hello'), 'hi')).toEqual({ text: 'say hi', start: 6, end: 6 })
})
