;(() => {
  const root = document.documentElement
  const read = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  const theme = read('rapport.theme') || 'auto'
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  const locale = read('rapport.locale') || navigator.language || 'en'
  const language = locale.slice(0, 2)
  const known = ['en', 'de', 'ar'].includes(language) ? language : 'en'
  root.lang = known
  root.dir = known === 'ar' ? 'rtl' : 'ltr'
})()
