import type { PageSettings } from '../protocol'
import { Launcher } from './launcher'

/**
 * `<script src="https://support.example.com/widget.js" data-key="…" async></script>`
 *
 * Optional: data-locale, data-theme (auto, light, dark), data-position (left, right). Commands before this script has
 * come: `(window.Rapport ||= []).push(['open'])`; the same works after it.
 */
type Method = 'open' | 'close' | 'toggle' | 'identify' | 'setAttributes' | 'on' | 'off' | 'destroy'
type Command = [Method, ...unknown[]]

const methods: Method[] = ['open', 'close', 'toggle', 'identify', 'setAttributes', 'on', 'off', 'destroy']

function start(script: HTMLScriptElement): void {
  const { key, locale, theme, position } = script.dataset
  const page = window as unknown as { Rapport?: unknown }
  if (!key || (page.Rapport && !Array.isArray(page.Rapport))) return
  const queued: Command[] = Array.isArray(page.Rapport) ? page.Rapport : []
  const launcher = new Launcher(new URL(script.src).origin, { key, locale, theme, position } as PageSettings)
  const call = ([name, ...values]: Command): void => {
    if (methods.includes(name)) (launcher[name] as (...values: unknown[]) => void)(...values)
    if (name === 'destroy') delete page.Rapport
  }
  const api = Object.fromEntries(methods.map((name) => [name, (...values: unknown[]) => call([name, ...values])]))
  page.Rapport = { ...api, push: (...commands: Command[]) => commands.forEach(call) }
  const run = (): void => {
    queued.forEach(call)
    void launcher.start()
  }
  if (document.body) run()
  else addEventListener('DOMContentLoaded', run)
}

const script =
  document.currentScript ?? document.querySelector<HTMLScriptElement>('script[data-key][src*="/widget.js"]')
if (script instanceof HTMLScriptElement) start(script)
