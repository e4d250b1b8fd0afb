// The officers', the bracelets' and the monitoring network each get an address of their own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readSettings } from '../../bin/process/settings.ts'
import { serveHealth } from '../../bin/roles/health.ts'

test('health is on loopback, whatever the other ports listen on', () => {
  expect(readSettings({ GELANG_HOST: '0.0.0.0' })).toMatchObject({ host: '0.0.0.0', healthHost: '127.0.0.1' })
  expect(
    readSettings({ GELANG_API_HOST: '10.1.0.5', GELANG_DEVICE_HOST: '10.2.0.5', GELANG_HEALTH_HOST: '10.3.0.5' }),
  ).toMatchObject({ host: '127.0.0.1', apiHost: '10.1.0.5', deviceHost: '10.2.0.5', healthHost: '10.3.0.5' })
})

test('the health port answers at its own address and leaves the same port of another one free', async () => {
  const health = await serveHealth({
    ...{ host: '127.0.0.1', port: 0, metricsContentType: 'text/plain', metrics: async () => '' },
    readiness: async () => ({ ready: true, reasons: [], warnings: [] }),
  })
  expect((await fetch(`http://127.0.0.1:${health.port}/healthz`)).status).toBe(200)
  const other = createServer()
  await new Promise<void>((resolve, reject) => {
    other.once('error', reject)
    other.listen(health.port, '127.0.0.2', resolve)
  })
  expect((other.address() as AddressInfo).port).toBe(health.port)
  await new Promise((resolve) => other.close(resolve))
  await health.close()
})
