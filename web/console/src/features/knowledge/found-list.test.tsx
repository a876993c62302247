// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import type { KnowledgeAnswer, KnowledgeResult } from '@rapport/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, render, screen } from '@testing-library/react'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, expect, it } from 'vitest'
import common from '../../locales/en/common.json'
import knowledge from '../../locales/en/knowledge.json'
import { keys } from '../../queries/keys'
import { FoundList } from './article-list'

const hit = (kind: KnowledgeResult['kind'], url = ''): KnowledgeResult => ({
  article_id: kind,
  kind,
  title: `A ${kind}`,
  locale: 'en',
  score: 0.5,
  slug: '',
  snippet: 'words',
  url,
})

beforeAll(() =>
  i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { common, knowledge } }, defaultNS: 'common' }),
)
afterEach(cleanup)

it('opens articles, files and snippets here, and pages at their address', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } })
  const results = [hit('article'), hit('page', 'https://help.example.com/a'), hit('file'), hit('snippet')]
  queries.setQueryData<KnowledgeAnswer>(keys.knowledge.search('words'), { results } as KnowledgeAnswer)
  const routeTree = createRootRoute({ component: () => <FoundList q="words" /> })
  const router = createRouter({ routeTree, history: createMemoryHistory() })
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await router.load()

  const links = (await screen.findAllByRole('link')).map((link) => link.getAttribute('href'))
  expect(links).toEqual([
    '/knowledge/article',
    'https://help.example.com/a',
    '/knowledge/documents/file',
    '/knowledge/documents/snippet',
  ])
})
