import { defineConfig } from 'vite'

/** The launcher: one classic script that other people's pages load, at a fixed address. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2020',
    copyPublicDir: false,
    lib: { entry: 'src/launcher/main.ts', formats: ['iife'], name: 'RapportLauncher', fileName: () => 'widget.js' },
  },
})
