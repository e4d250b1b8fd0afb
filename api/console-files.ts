import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import { addressAt, pathOf } from '../model/console/addresses.ts'

/** Vite writes a hash of the content into these names. */
const HASHED = /^\/assets\//
const FOREVER = 'public, max-age=31536000, immutable'

/**
 * The console's files, and its page at each of its addresses. At any other address the same page says that there is nothing, with
 * status 404. Notices of earlier versions link to `/?incident=<id>`.
 */
export function serveConsole<Env extends object>(app: Hono<Env>, folder: string): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  app.get('*', async (c, next) => {
    await next()
    if (c.res.ok && HASHED.test(c.req.path)) c.header('cache-control', FOREVER)
    else if (c.res.ok) c.header('cache-control', 'no-cache')
  })
  app.get('/', (c, next) => {
    const id = c.req.query('incident')
    if (id === undefined) return next()
    const path = pathOf({ page: 'incident', id, why: false })
    return addressAt(path) ? Promise.resolve(c.redirect(path)) : next()
  })
  // Whatever lies in the folder: the source is not for strangers.
  app.get('*', (c, next) => (c.req.path.toLowerCase().endsWith('.map') ? c.notFound() : next()))
  app.get('*', serveStatic({ root: folder }))
  app.get('*', (c, next) => {
    if (/\.[a-z0-9]+$/i.test(c.req.path)) return next()
    return Promise.resolve(c.html(page, addressAt(c.req.path) ? 200 : 404))
  })
}
