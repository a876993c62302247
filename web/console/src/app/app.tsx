import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { later } from '../lib/late'
import { directionOf, languageOf } from '../lib/locale'
import { createQueryClient } from '../queries/client'
import { Crashed } from './crashed'
import { nonce } from './nonce'
import { createAppRouter } from './router'
import { colorSchemeManager, cssVariables, theme } from './theme'

const Toaster = lazy(later(() => import('./toaster').then((module) => ({ default: module.Toaster }))))

const queries = createQueryClient()
const router = createAppRouter(queries)

/** Keeps the page's language and direction in step with the texts. */
function Language() {
  const { i18n } = useTranslation()
  const { setDirection } = useDirection()
  const language = languageOf(i18n.language)
  useEffect(() => {
    document.documentElement.lang = language
    setDirection(directionOf(language))
  }, [language, setDirection])
  return null
}

export const App = () => (
  <DirectionProvider>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Language />
      <Suspense>
        <Toaster />
      </Suspense>
      <QueryClientProvider client={queries}>
        <Crashed>
          <Suspense>
            <RouterProvider router={router} />
          </Suspense>
        </Crashed>
      </QueryClientProvider>
    </MantineProvider>
  </DirectionProvider>
)
