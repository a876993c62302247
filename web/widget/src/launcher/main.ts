import type { PageSettings } from '../protocol'
import { Launcher } from './launcher'

/**
 * `<script src="https://support.example.com/widget.js" data-key="…" async></script>`
 *
 * Optional: data-locale, data-theme (auto, light, dark), data-position (left, right). Commands before this script has
 * come: `(window.Rapport ||= []).push(['open'])`; the same works after it. Or as a function, `rapport('track', 'Paid')`,
 * before the script with `window.rapport ||= function () { (rapport.q ||= []).push(arguments) }`.
 */
const methods = [
  'open',
  'close',
  'toggle',
  'identify',
  'setAttributes',
  'track',
  'page',
  'consent',
  'on',
  'off',
  'destroy',
] as const
type Method = (typeof methods)[number]
type Command = [Method, ...unknown[]]
type Early = { q?: ArrayLike<unknown>[] }

function start(script: HTMLScriptElement): void {
  const { key, locale, theme, position } = script.dataset
  const page = window as unknown as { Rapport?: unknown; rapport?: unknown }
  if (!key || (page.Rapport && !Array.isArray(page.Rapport))) return
  const early = (page.rapport as Early | undefined)?.q
  const queued: Command[] = Array.isArray(page.Rapport) ? page.Rapport : []
  const launcher = new Launcher(new URL(script.src).origin, { key, locale, theme, position } as PageSettings)
  const call = ([name, ...values]: Command): void => {
    if (methods.includes(name)) (launcher[name] as (...values: unknown[]) => void)(...values)
    if (name === 'destroy') delete page.Rapport
  }
  const api = Object.fromEntries(methods.map((name) => [name, (...values: unknown[]) => call([name, ...values])]))
  page.Rapport = { ...api, push: (...commands: Command[]) => commands.forEach(call) }
  if (!page.rapport || early) page.rapport = (...command: Command) => call(command)
  const run = (): void => {
    for (const command of [...queued, ...(early ?? [])]) call(Array.from(command) as Command)
    void launcher.start()
  }
  if (document.body) run()
  else addEventListener('DOMContentLoaded', run)
}

const script =
  document.currentScript ?? document.querySelector<HTMLScriptElement>('script[data-key][src*="/widget.js"]')
if (script instanceof HTMLScriptElement) start(script)
