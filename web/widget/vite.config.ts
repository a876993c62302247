import { defineConfig } from 'vite'

/** The frame: the page inside the iframe. Nothing is inlined, so that its content security policy can be strict. */
export default defineConfig({
  base: '/widget/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'frame.html' },
  },
})
