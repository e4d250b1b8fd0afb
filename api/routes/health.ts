import type { ApiApp, Health } from './parts.ts'

/** For those who run it: no login, and no word about anybody. */
export function addHealth(app: ApiApp, { health }: { health: Health }): void {
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const reasons = await health.notReady()
    return c.text(reasons.length === 0 ? 'ready\n' : `${reasons.join('\n')}\n`, reasons.length === 0 ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    if (health.metrics === undefined) return c.text('served elsewhere\n', 404)
    const { contentType, text } = await health.metrics()
    return c.body(text, 200, { 'content-type': contentType })
  })
}
