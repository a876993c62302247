// Runs before the first paint: theme, language and direction, and what the program will ask for first.
;(() => {
  const root = document.documentElement
  const read = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }

  const dress = () => {
    const theme = read('rapport.theme') || 'auto'
    const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
    root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
    const language = (read('rapport.locale') || navigator.language || 'en').slice(0, 2).toLowerCase()
    root.lang = ['en', 'de', 'ar'].includes(language) ? language : 'en'
    root.dir = root.lang === 'ar' ? 'rtl' : 'ltr'
  }

  /** The texts of the language, `language=/file` for each file, as the build wrote them into the page. */
  const fetchTexts = () => {
    const texts = document.querySelector('meta[name=rapport-texts]')?.content ?? ''
    for (const [language, file] of texts.split(' ').map((text) => text.split('='))) {
      if (language !== root.lang) continue
      const link = document.createElement('link')
      link.rel = 'modulepreload'
      link.href = file
      document.head.append(link)
    }
  }

  /** On the inbox: who I am, and the first rows. The client (packages/client) takes these answers instead of asking. */
  const fetchRows = () => {
    const found = /^\/(?:inbox(?:\/([a-z]+))?\/?)?$/.exec(location.pathname)
    if (!found || location.search) return
    const view = found[1] ?? (read('rapport.inbox.view') || '"all"').replaceAll('"', '')
    const paths = ['/v1/me', `/v1/conversations?view=${view}&sort=recent&limit=25`]
    window.rapportAsked = new Map(paths.map((path) => [path, fetch(path)]))
    for (const answer of window.rapportAsked.values()) answer.catch(() => {})
    // What nobody has taken by then is old.
    setTimeout(() => window.rapportAsked.clear(), 10_000)
  }

  dress()
  fetchTexts()
  fetchRows()
})()
