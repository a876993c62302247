// Prints what the inbox route costs on a first visit, and fails above the budget.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const budgetBytes = 250_000
const entries = [
  'index.html',
  'src/features/inbox/inbox-page.tsx',
  'src/features/inbox/conversation-page.tsx',
  'src/locales/en/common.json',
  'src/locales/en/inbox.json',
]
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'))

/** @type {Set<string>} */
const files = new Set(['first-paint.js'])
/** @param {string} key */
const collect = (key) => {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`The build has no chunk for ${key}.`)
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const imported of chunk.imports ?? []) collect(imported)
}
entries.forEach(collect)

const sizes = [...files].map((file) => [file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length])
const total = sizes.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
console.log(JSON.stringify({ console_inbox_gz_bytes: total, budget_bytes: budgetBytes }))
if (process.argv.includes('--files')) console.error(sizes.map(([file, bytes]) => `${bytes}\t${file}`).join('\n'))
if (total > budgetBytes) {
  console.error(`The inbox route loads ${total} bytes of JavaScript; the budget is ${budgetBytes}.`)
  process.exit(1)
}
