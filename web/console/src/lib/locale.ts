export const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const
export type Language = keyof typeof languages

/** The language we speak for a locale such as `de-CH`; English when we do not have it. */
export const languageOf = (locale: string): Language => {
  const language = locale.slice(0, 2).toLowerCase()
  return language in languages ? (language as Language) : 'en'
}

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/** What the person chose before, else what their browser asks for. */
export const rememberedLocale = (): string => {
  try {
    return localStorage.getItem('rapport.locale') ?? navigator.language
  } catch {
    return navigator.language
  }
}
