import { createHash } from 'node:crypto'

const DEVICE_KEY_CHARS_MIN = 32

/** The key from which codes and TLS keys of bracelets are derived, from GELANG_DEVICE_KEY. Throws where that is too short. */
export function deviceKeyFrom(secret: string): Uint8Array {
  if (secret.length < DEVICE_KEY_CHARS_MIN)
    throw new Error(`GELANG_DEVICE_KEY must have at least ${DEVICE_KEY_CHARS_MIN} characters`)
  return createHash('sha256').update(secret, 'utf8').digest()
}
