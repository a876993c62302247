import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.RAPPORT_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: { manifest: true, target: 'es2022', sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
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
