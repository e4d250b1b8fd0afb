// Passwords are kept as Argon2id with OWASP's parameters. What an older version kept (scrypt) still verifies.
import { type Algorithm, hash, verify } from '@node-rs/argon2'
import { verifyPassword } from 'better-auth/crypto'

/** OWASP Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1. */
const ARGON2 = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const CURRENT = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}$`

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), ARGON2)
}

export function passwordMatches(kept: { hash: string; password: string }): Promise<boolean> {
  if (!kept.hash.startsWith('$argon2')) return verifyPassword(kept)
  return verify(kept.hash, kept.password.normalize('NFKC'))
}

/** False for a hash that is to be made anew as soon as the password is at hand. */
export function isCurrentHash(kept: string): boolean {
  return kept.startsWith(CURRENT)
}
