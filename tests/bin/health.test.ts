import { expect, test } from 'vitest'
import { serveHealth } from '../../bin/roles/health.ts'

test('a warning is said and leaves the process ready; a reason takes readiness away', async () => {
  const now = { ready: true, reasons: [] as string[], warnings: ['notify: 2 alerts to operations were given up'] }
  const health = await serveHealth({
    ...{ host: '127.0.0.1', port: 0, metricsContentType: 'text/plain' },
    readiness: async () => now,
    metrics: async () => '',
  })
  try {
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${health.port}/readyz`)
      return [response.status, await response.json()]
    }
    expect(await ask()).toEqual([200, now])
    Object.assign(now, { ready: false, reasons: ['Redis is away'] })
    expect(await ask()).toEqual([503, now])
  } finally {
    await health.close()
  }
})
