import type { Alert } from './alert.ts'
import { textOf } from './alert-text.ts'

/**
 * Posts the alert as JSON under its delivery's id, by which a receiver knows one that came twice. Throws unless the receiver
 * answers 2xx within `timeoutMs`; the message holds no address, which may carry a secret.
 */
export async function deliverWebhook(alert: Alert, deliveryId: string, url: string, timeoutMs: number): Promise<void> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': deliveryId },
      body: JSON.stringify({ ...alert, text: textOf(alert) }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error & { code?: string } }
    throw new Error(`the receiver cannot be reached: ${cause?.code ?? cause?.message ?? message}`)
  }
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`)
}
