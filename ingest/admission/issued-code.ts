// Secrets that we hand out and do not keep: worked out anew from the installation's key whenever one is shown.
import { createHmac } from 'node:crypto'
import type { DirectoryDevice } from '../../model/plan/directory.ts'

const CODE_CHARS = 24

/**
 * JT/T 808: the authentication code that a terminal is given when it registers. Every process gives and takes the same one; with
 * another secret of the bracelet it is another.
 */
export function issuedCodeOf(deviceKey: Uint8Array, { deviceId, secretSha256 = '' }: DirectoryDevice): string {
  return derived(deviceKey, `jt808:${deviceId}:${secretSha256}`).toString('hex').slice(0, CODE_CHARS)
}

/** The TLS key that a bracelet and we share; 32 bytes. */
export function presharedKeyOf(deviceKey: Uint8Array, deviceId: string): Buffer {
  return derived(deviceKey, `psk:${deviceId}`)
}

function derived(key: Uint8Array, what: string): Buffer {
  return createHmac('sha256', key).update(what, 'utf8').digest()
}
