import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const here = import.meta.dirname

/** Source maps are for us: they are put into a folder beside the console's (`dist/web-map-maps`), which nobody serves. */
const mapsAside: Plugin = {
  name: 'maps-aside',
  writeBundle({ dir = here }, bundle) {
    rmSync(`${dir}-maps`, { recursive: true, force: true })
    for (const name of Object.keys(bundle).filter((file) => file.endsWith('.map'))) {
      const aside = join(`${dir}-maps`, name)
      mkdirSync(dirname(aside), { recursive: true })
      renameSync(join(dir, name), aside)
    }
  },
}

export default defineConfig({
  root: here,
  base: '/',
  build: {
    outDir: resolve(here, '../dist/web-map'),
    emptyOutDir: true,
    target: 'es2022',
    // data: URLs and the inlined preload script would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: 'hidden',
  },
  plugins: [mapsAside],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { alias: [{ find: /^leaflet$/, replacement: 'leaflet/dist/leaflet-src.esm.js' }] },
  server: {
    fs: { allow: [resolve(here, '..')] },
    proxy: {
      '/v1': { target: 'http://127.0.0.1:8080', ws: true },
      '/api': { target: 'http://127.0.0.1:8080' },
    },
  },
})
