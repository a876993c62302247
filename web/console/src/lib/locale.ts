export const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const
export type Language = keyof typeof languages

/** The language we speak for a locale such as `de-CH`; English when we do not have it. */
export const languageOf = (locale: string): Language => {
  const language = locale.slice(0, 2).toLowerCase()
  return language in languages ? (language as Language) : 'en'
}

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/** The locale for dates and numbers: the browser's region where it speaks the language of the screen. */
export const regionalOf = (language: string, wanted: readonly string[] = navigator.languages): string =>
  wanted.find((locale) => locale.split('-')[0]?.toLowerCase() === language) ?? language

/** What the person chose before, else what their browser asks for. */
export const rememberedLocale = (): string => {
  try {
    return localStorage.getItem('rapport.locale') ?? navigator.language
  } catch {
    return navigator.language
  }
}
