import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { ApiApp } from './routes/parts.ts'

/** Vite writes a hash of the content into these names. */
const HASHED = /^\/assets\//
const FOREVER = 'public, max-age=31536000, immutable'

/** The console's files. Any other address is the console too: it reads the path by itself. */
export function serveConsole(app: ApiApp, folder: string): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  app.get('*', async (c, next) => {
    await next()
    if (c.res.ok && HASHED.test(c.req.path)) c.header('cache-control', FOREVER)
    else if (c.res.ok) c.header('cache-control', 'no-cache')
  })
  // Whatever lies in the folder: the source is not for strangers.
  app.get('*', (c, next) => (c.req.path.toLowerCase().endsWith('.map') ? c.notFound() : next()))
  app.get('*', serveStatic({ root: folder }))
  app.get('*', (c, next) => (/\.[a-z0-9]+$/i.test(c.req.path) ? next() : c.html(page)))
}
