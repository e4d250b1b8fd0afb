import type { ApiApp, Health } from './parts.ts'

/** For those who run it: no login, and no word about anybody. */
export function addHealth(app: ApiApp, { health }: { health: Health }): void {
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const reasons = await health.notReady()
    // What is wrong says the health port, which is for those inside.
    return reasons.length === 0 ? c.text('ready\n') : c.text('not ready\n', 503)
  })
  app.get('/metrics', async (c) => {
    if (health.metrics === undefined) return c.text('served elsewhere\n', 404)
    const { contentType, text } = await health.metrics()
    return c.body(text, 200, { 'content-type': contentType })
  })
}
