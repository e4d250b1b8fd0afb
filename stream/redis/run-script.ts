// Lua in Redis: sent by its hash, in full where the server does not know it yet.
import { createHash } from 'node:crypto'
import type { RedisClient } from './connect.ts'

export type Script = { readonly lua: string; readonly sha: string }
export type ScriptArgument = string | number | Buffer

/**
 * A script; its head must document KEYS and ARGV. With the shebang Redis (7 and newer) refuses it as a whole, before its first
 * line, when memory is short, the disk failed or the node is read-only, and a cluster refuses keys of two slots.
 */
export function script(lua: string): Script {
  const whole = `#!lua\n${lua}`
  return { lua: whole, sha: createHash('sha1').update(whole).digest('hex') }
}

/** Runs `script` on `keys`, which share one hash tag. Strings come back as strings. */
export async function runScript(
  redis: RedisClient,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly ScriptArgument[],
): Promise<unknown> {
  const operands = [keys.length, ...keys, ...args]
  try {
    return await redis.call('evalsha', [sha, ...operands])
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return redis.call('eval', [lua, ...operands])
  }
}
