// Standard Webhooks (standardwebhooks.com): a receiver that shares the secret knows that a call is ours, whole and recent.
import { createHmac } from 'node:crypto'

const SECRET_PREFIX = 'whsec_'
/** The specification asks for 24 to 64 bytes. */
const SECRET_BYTES_MIN = 24
const SECRET_BYTES_MAX = 64
/** The new one and the old one while receivers change over. */
const SECRETS_MAX = 4

/** Secrets separated by blanks, each `whsec_` and Base64. Throws a sentence that does not repeat the secret. */
export function readWebhookSecrets(text: string, name: string): string[] {
  const given = text.split(/\s+/).filter((secret) => secret !== '')
  if (given.length === 0 || given.length > SECRETS_MAX)
    throw new Error(`${name} must hold 1 to ${SECRETS_MAX} secrets, not ${given.length}`)
  for (const secret of given) {
    const base64 = base64Of(secret)
    const bytes = Buffer.from(base64, 'base64')
    if (bytes.length < SECRET_BYTES_MIN || bytes.length > SECRET_BYTES_MAX || bytes.toString('base64') !== base64)
      throw new Error(
        `${name} must be whsec_ and the Base64 of ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} random bytes`,
      )
  }
  return given
}

function base64Of(secret: string): string {
  return secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : ''
}

/** The headers of one attempt: a signature for each secret. Empty where there is none. */
export function signatureHeaders(
  secrets: readonly string[],
  { id, atMs, body }: { id: string; atMs: number; body: string },
): Record<string, string> {
  if (secrets.length === 0) return {}
  const timestamp = String(Math.floor(atMs / 1000))
  const signatures = secrets.map(
    (secret) =>
      `v1,${createHmac('sha256', Buffer.from(base64Of(secret), 'base64'))
        .update(`${id}.${timestamp}.${body}`)
        .digest('base64')}`,
  )
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
