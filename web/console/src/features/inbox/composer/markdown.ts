export interface Selection {
  text: string
  start: number
  end: number
}

const wrap = ({ text, start, end }: Selection, mark: string): Selection => {
  const chosen = text.slice(start, end)
  const before = text.slice(start - mark.length, start)
  const after = text.slice(end, end + mark.length)
  if (before === mark && after === mark) {
    const next = text.slice(0, start - mark.length) + chosen + text.slice(end + mark.length)
    return { text: next, start: start - mark.length, end: end - mark.length }
  }
  const next = text.slice(0, start) + mark + chosen + mark + text.slice(end)
  return { text: next, start: start + mark.length, end: end + mark.length }
}

const link = ({ text, start, end }: Selection): Selection => {
  const chosen = text.slice(start, end)
  const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(chosen)
  const label = isAddress ? '' : chosen
  const address = isAddress ? chosen : 'https://'
  const next = `${text.slice(0, start)}[${label}](${address})${text.slice(end)}`
  const at = isAddress ? start + 1 : start + label.length + 3
  return { text: next, start: at, end: isAddress ? at : at + address.length }
}

const eachLine = ({ text, start, end }: Selection, change: (line: string, index: number) => string): Selection => {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const chosen = text.slice(from, end)
  const changed = chosen.split('\n').map(change).join('\n')
  return { text: text.slice(0, from) + changed + text.slice(end), start: from, end: from + changed.length }
}

const toggleList = (selection: Selection, mark: (index: number) => string): Selection => {
  const from = selection.text.lastIndexOf('\n', selection.start - 1) + 1
  const isList = /^(\s*)([-*]|\d+\.) /.test(selection.text.slice(from, from + 40))
  return eachLine(selection, (line, index) =>
    isList ? line.replace(/^(\s*)([-*]|\d+\.) /, '$1') : `${mark(index)} ${line}`,
  )
}

export type Format = 'bold' | 'italic' | 'link' | 'bullets' | 'numbers' | 'quote' | 'code'

const formats: Record<Format, (selection: Selection) => Selection> = {
  bold: (selection) => wrap(selection, '**'),
  italic: (selection) => wrap(selection, '_'),
  code: (selection) => wrap(selection, '`'),
  link,
  bullets: (selection) => toggleList(selection, () => '-'),
  numbers: (selection) => toggleList(selection, (index) => `${index + 1}.`),
  quote: (selection) => eachLine(selection, (line) => (line.startsWith('> ') ? line.slice(2) : `> ${line}`)),
}

/** The text with the selected part made bold, a link, a list …, and what is selected then. */
export const format = (selection: Selection, how: Format): Selection => formats[how](selection)

/** What Enter does within a list: the next item, or the end of the list; null outside of one. */
export function continueList({ text, start, end }: Selection): Selection | null {
  if (start !== end) return null
  const from = text.lastIndexOf('\n', start - 1) + 1
  const line = text.slice(from, start)
  const item = /^(\s*)([-*]|(\d+)\.) (.*)$/.exec(line)
  if (!item) return null
  const [, indent = '', mark = '', number, rest] = item
  if (!rest?.trim()) return { text: text.slice(0, from) + text.slice(end), start: from, end: from }
  const next = `\n${indent}${number ? `${Number(number) + 1}.` : mark} `
  return { text: text.slice(0, start) + next + text.slice(end), start: start + next.length, end: start + next.length }
}

/** Put `insert` where the cursor is, in place of what is selected. */
export const insertAt = ({ text, start, end }: Selection, insert: string): Selection => ({
  text: text.slice(0, start) + insert + text.slice(end),
  start: start + insert.length,
  end: start + insert.length,
})
