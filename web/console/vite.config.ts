import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const server = process.env.RAPPORT_SERVER ?? 'http://127.0.0.1:8000'

/** Tells `first-paint.js` where the texts of each language lie, so that they come together with the program. */
const textsInPage = (): Plugin => ({
  name: 'texts-in-page',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) => {
      const files = Object.values(bundle ?? {}).flatMap((file) => {
        const source = file.type === 'chunk' ? (file.facadeModuleId ?? '') : ''
        const found = /\/locales\/(\w+)\/(?:common|inbox)\.json$/.exec(source)
        return found ? [`${found[1]}=/${file.fileName}`] : []
      })
      return [{ tag: 'meta', attrs: { name: 'rapport-texts', content: files.join(' ') }, injectTo: 'head-prepend' }]
    },
  },
})

export default defineConfig({
  base: '/',
  plugins: [react(), textsInPage()],
  build: {
    manifest: true,
    // Otherwise the first file lists what every page imports, 3 kB by now. A page's first opening asks in two steps instead.
    modulePreload: {
      resolveDependencies: (_, files, { hostType }) =>
        hostType === 'js' ? files.filter((file) => file.endsWith('.css')) : files,
    },
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    // What a first visit needs is one file: browsers ask HTTP/1.1 servers for six at a time.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: {
    port: 5173,
    proxy: {
      '/v1': { target: server, ws: true },
      '/files': server,
      '/widget': { target: server, ws: true },
      '/widget.js': server,
    },
  },
})
