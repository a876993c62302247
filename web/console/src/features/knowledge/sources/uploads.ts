/** What is sent up, file by file, and what may not be. */

export const MAX_BYTES = 2 * 1024 * 1024

/** What the server reads the text of. */
export const readable = ['txt', 'text', 'md', 'markdown', 'html', 'htm', 'xhtml', 'csv', 'tsv']
export const accept = readable.map((extension) => `.${extension}`).join(',')

/** Why a file need not be sent at all; a key below `refused.` in the texts. */
export type Refusal = 'pdf' | 'word' | 'table' | 'other' | 'empty' | 'large'

const known: Record<string, Refusal> = {
  pdf: 'pdf',
  ...Object.fromEntries(['doc', 'docx', 'odt', 'rtf', 'pages'].map((each) => [each, 'word'] as const)),
  ...Object.fromEntries(['xls', 'xlsx', 'ods', 'numbers'].map((each) => [each, 'table'] as const)),
}

/** What speaks against sending a file; null when the server shall decide. */
export function refusalOf({ name, size }: Pick<File, 'name' | 'size'>): Refusal | null {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (!readable.includes(extension)) return known[extension] ?? 'other'
  if (size === 0) return 'empty'
  return size > MAX_BYTES ? 'large' : null
}

export interface Upload {
  key: number
  file: File
  state: 'waiting' | 'sending' | 'done' | 'refused'
  /** How much has been sent, from 0 to 1. */
  fraction: number
  /** Why it was refused: by us, or in the server's words. */
  refusal: Refusal | null
  told: string | null
  /** What became of it. */
  textId: string | null
}

let last = 0

export const begun = (file: File): Upload => {
  last += 1
  const refusal = refusalOf(file)
  return {
    key: last,
    file,
    state: refusal ? 'refused' : 'waiting',
    fraction: 0,
    refusal,
    told: null,
    textId: null,
  }
}

/** The one whose turn it is: one after the other, so that a large file does not slow a small one down. */
export const nextOf = (uploads: Upload[]): Upload | undefined =>
  uploads.some(({ state }) => state === 'sending') ? undefined : uploads.find(({ state }) => state === 'waiting')

export const withChange = (uploads: Upload[], key: number, change: Partial<Upload>): Upload[] =>
  uploads.map((each) => (each.key === key ? { ...each, ...change } : each))
