/** A visitor's few things, kept by their browser for one inbox. Where the browser forbids it, kept for this page only. */
export class Storage {
  private readonly memory = new Map<string, string>()

  constructor(
    private readonly key: string,
    private readonly store: globalThis.Storage | null = available(),
  ) {}

  /** The full name under which `name` is stored, as `storage` events tell it. */
  nameOf(name: string): string {
    return `rapport:${this.key}:${name}`
  }

  get<T>(name: string): T | null {
    try {
      const text = this.store ? this.store.getItem(this.nameOf(name)) : (this.memory.get(name) ?? null)
      return text === null ? null : (JSON.parse(text) as T)
    } catch {
      return null
    }
  }

  set(name: string, value: unknown): void {
    const isGone = value === null || value === undefined
    try {
      if (!this.store) {
        if (isGone) this.memory.delete(name)
        else this.memory.set(name, JSON.stringify(value))
      } else if (isGone) this.store.removeItem(this.nameOf(name))
      else this.store.setItem(this.nameOf(name), JSON.stringify(value))
    } catch {
      // Full or forbidden: the page goes on with what it has in memory.
      this.memory.set(name, JSON.stringify(value))
    }
  }
}

function available(): globalThis.Storage | null {
  try {
    const probe = 'rapport:probe'
    localStorage.setItem(probe, '1')
    localStorage.removeItem(probe)
    return localStorage
  } catch {
    return null
  }
}
