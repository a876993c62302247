/**
 * Measure what a visitor's browser loads first, gzip, and fail above the budget.
 *
 * Prints JSON: `launcher_gz_bytes` (widget.js) and `widget_gz_bytes` (launcher, plus every script and style that the
 * frame loads before it shows: its entry, the entry's static imports and their CSS; not the lazily loaded locales).
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const budget = { launcher: 5 * 1024, widget: 40 * 1024 }

const gzipped = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length

function firstLoad(manifest, name, files = new Set()) {
  const chunk = manifest[name]
  if (!chunk || files.has(chunk.file)) return files
  files.add(chunk.file)
  for (const style of chunk.css ?? []) files.add(style)
  for (const imported of chunk.imports ?? []) firstLoad(manifest, imported, files)
  return files
}

const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const files = [...firstLoad(manifest, 'frame.html')]
const launcher = gzipped('widget.js')
const widget = launcher + files.reduce((sum, file) => sum + gzipped(file), 0)
console.log(JSON.stringify({ launcher_gz_bytes: launcher, widget_gz_bytes: widget }))

const tooLarge = [
  launcher > budget.launcher && `The launcher is ${launcher} bytes, gzip; at most ${budget.launcher} are allowed.`,
  widget > budget.widget && `The widget's first load is ${widget} bytes, gzip; at most ${budget.widget} are allowed.`,
].filter(Boolean)
for (const line of tooLarge) console.error(line)
process.exitCode = tooLarge.length ? 1 : 0
