// Prints what the inbox costs on a first visit, and fails above the budgets: the list, and the list with an open conversation.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const budgetBytes = 250_000
const listBudgetBytes = 175_000
const listEntries = ['index.html', 'src/locales/en/common.json', 'src/locales/en/inbox.json']
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
const measure = () => [...files].map((file) => [file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length])
const totalOf = (sizes) => sizes.reduce((sum, [, bytes]) => sum + Number(bytes), 0)

listEntries.forEach(collect)
const list = totalOf(measure())
collect('src/features/inbox/conversation-page.tsx')
const sizes = measure()
const total = totalOf(sizes)
console.log(
  JSON.stringify({
    console_inbox_gz_bytes: total,
    console_list_gz_bytes: list,
    budget_bytes: budgetBytes,
    list_budget_bytes: listBudgetBytes,
  }),
)
if (process.argv.includes('--files')) console.error(sizes.map(([file, bytes]) => `${bytes}\t${file}`).join('\n'))
for (const [what, bytes, budget] of [
  ['list', list, listBudgetBytes],
  ['list and a conversation', total, budgetBytes],
]) {
  if (bytes <= budget) continue
  console.error(`The inbox's ${what} loads ${bytes} bytes of JavaScript; the budget is ${budget}.`)
  process.exitCode = 1
}
