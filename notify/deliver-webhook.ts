import type { Alert } from './alert.ts'

const TIMEOUT_MS = 10_000

/** Posts the alert as JSON. Throws unless the receiver answers 2xx within ten seconds. */
export async function deliverWebhook(alert: Alert, url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alert),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`)
}
