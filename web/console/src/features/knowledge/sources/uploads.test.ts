import { expect, it } from 'vitest'
import { begun, MAX_BYTES, nextOf, refusalOf, withChange } from './uploads'

const file = (name: string, size = 3) => new File([new Uint8Array(size)], name)

it('refuses what holds no text that can be read, and says which kind it is', () => {
  const refused = ['a.pdf', 'a.DOCX', 'a.odt', 'a.xlsx', 'a.zip', 'README'].map((name) => refusalOf(file(name)))
  expect(refused).toEqual(['pdf', 'word', 'word', 'table', 'other', 'other'])
  expect(refusalOf(file('a.md'))).toBeNull()
  expect(refusalOf(file('my.faq.HTML'))).toBeNull()
  expect(refusalOf(file('a.txt', 0))).toBe('empty')
  expect(refusalOf({ name: 'a.csv', size: MAX_BYTES + 1 })).toBe('large')
})

it('sends one file after the other, and none that is refused', () => {
  let uploads = [begun(file('a.pdf')), begun(file('b.md')), begun(file('c.md'))]
  const [, b, c] = uploads as [unknown, { key: number }, { key: number }]
  expect(nextOf(uploads)?.key).toBe(b.key)
  uploads = withChange(uploads, b.key, { state: 'sending', fraction: 0.5 })
  expect(nextOf(uploads)).toBeUndefined()
  uploads = withChange(uploads, b.key, { state: 'done' })
  expect(nextOf(uploads)?.key).toBe(c.key)
})
