import { createHash, timingSafeEqual } from 'node:crypto'

/** True when `secret` is the one whose SHA-256 is `sha256`; takes as long for a wrong secret as for the right one. */
export function isSecret(secret: string, sha256: Uint8Array | undefined): boolean {
  const given = createHash('sha256').update(secret, 'utf8').digest()
  return sha256 !== undefined && sha256.length === given.length && timingSafeEqual(given, sha256)
}

/** The token of an `Authorization: Bearer …` header, undefined where there is none. */
export function bearerOf(authorization: string | string[] | undefined): string | undefined {
  if (typeof authorization !== 'string') return undefined
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
}
