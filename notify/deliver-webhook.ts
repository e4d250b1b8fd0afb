import type { Alert, Recipient } from './alert.ts'
import { textOf } from './alert-text.ts'
import { signatureHeaders } from './sign-webhook.ts'

type Attempt = { deliveryId: string; atMs: number; timeoutMs: number }

/**
 * Posts the alert as JSON, signed, under its delivery's id, by which a receiver knows one that came twice. Throws unless the
 * receiver answers 2xx in time; the message holds no address, which may carry a secret.
 */
export async function deliverWebhook(
  alert: Alert,
  { address, secrets = [] }: Pick<Recipient, 'address' | 'secrets'>,
  { deliveryId, atMs, timeoutMs }: Attempt,
): Promise<void> {
  const body = JSON.stringify({ ...alert, text: textOf(alert) })
  let response: Response
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': deliveryId,
        ...signatureHeaders(secrets, { id: deliveryId, atMs, body }),
      },
      body,
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
