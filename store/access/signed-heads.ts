// Ends of the audit's chain, signed with a key that the database does not know and kept in a second place. The owner of the database can
// rewrite the chain, but not what was signed.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditHead } from './verify-audit.ts'

export type SignedHead = AuditHead & { timeMs: number }

const KEY_LENGTH_MIN = 32
const KEYS_MAX = 8

/** One or several keys, separated by blanks: the first signs, all are believed. Throws a sentence that repeats none of them. */
export function auditKeys(text: string): string[] {
  const keys = text.split(/\s/).filter((key) => key !== '')
  if (keys.length === 0 || keys.length > KEYS_MAX || keys.some((key) => key.length < KEY_LENGTH_MIN))
    throw new Error(
      `the key of the audit's heads must have at least ${KEY_LENGTH_MIN} characters, and at most ${KEYS_MAX} may hold`,
    )
  return keys
}

/** One line, without its line break. */
export function signHead({ seq, hash, timeMs }: SignedHead, keys: readonly string[]): string {
  return JSON.stringify({ seq, hash, timeMs, mac: macOf({ seq, hash, timeMs }, keys[0]!) })
}

type ReadHeads = {
  heads: SignedHead[]
  /** Numbers of lines that name a head which none of the keys has signed, or that go back behind an earlier one. */
  forgedLines: number[]
}

/** From a file of lines; before the head a line may have what syslog puts there. Lines without a head are passed over. */
export function readHeads(text: string, keys: readonly string[]): ReadHeads {
  const heads: SignedHead[] = []
  const forgedLines: number[] = []
  for (const [i, line] of text.split('\n').entries()) {
    const from = line.indexOf('{"seq":')
    if (from < 0) continue
    const head = parse(line.slice(from).trimEnd())
    const signed = head !== undefined && keys.some((key) => sameMac(head.mac, macOf(head, key)))
    if (!signed || head.seq < (heads.at(-1)?.seq ?? 0)) forgedLines.push(i + 1)
    else heads.push({ seq: head.seq, hash: head.hash, timeMs: head.timeMs })
  }
  return { heads, forgedLines }
}

function parse(json: string): (SignedHead & { mac: string }) | undefined {
  try {
    const { seq, hash, timeMs, mac } = JSON.parse(json)
    if (!Number.isSafeInteger(seq) || !Number.isFinite(timeMs)) return undefined
    return typeof hash === 'string' && typeof mac === 'string' ? { seq, hash, timeMs, mac } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function macOf({ seq, hash, timeMs }: SignedHead, key: string): string {
  return createHmac('sha256', key).update(`gelang audit head ${seq} ${hash} ${timeMs}`).digest('hex')
}

function sameMac(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
