import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { type Language, languageOf, rememberedLocale } from './locale'

const texts = import.meta.glob<{ default: Record<string, unknown> }>('../locales/*/*.json')

/** Each language and namespace is its own small file, fetched when it is first needed. */
const backend: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, namespace, done) => {
    const load = texts[`../locales/${language}/${namespace}.json`]
    if (!load) return done(null, {})
    load().then(
      (file) => done(null, file.default),
      (error: Error) => done(error, false),
    )
  },
}

/** Start with the remembered language; ready when the shared texts are there. */
export const startI18n = () =>
  i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: languageOf(rememberedLocale()),
      fallbackLng: 'en',
      ns: ['common'],
      defaultNS: 'common',
      interpolation: { escapeValue: false },
      returnNull: false,
      showSupportNotice: false,
    })

/** Fetch the texts of a feature; a route calls it beside the import of its page. */
export const loadTexts = (...namespaces: string[]) => i18next.loadNamespaces(namespaces)

/** Speak `language` from now on, here and on the next visit. */
export const changeLanguage = async (language: Language) => {
  localStorage.setItem('rapport.locale', language)
  await i18next.changeLanguage(language)
}
