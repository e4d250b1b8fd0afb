// Scripts that write only for the holder of a lease: the one place where a fencing token is checked against it.
import { FencedOff } from '../../model/fenced-off.ts'
import type { RedisClient } from './connect.ts'
import { runScript, type Script, type ScriptArgument, script } from './run-script.ts'

/** A lease's value is token|name. */
const PRELUDE = `
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+') ~= ARGV[1] then return 0 end
`

type LeasedScript = { readonly leased: Script }

/** KEYS 1 is the lease, ARGV 1 the fencing token. `lua` runs only where the lease holds that token, and returns 1. */
export function leasedScript(lua: string): LeasedScript {
  return { leased: script(PRELUDE + lua) }
}

/** Runs it for the holder of `lease`. Throws FencedOff, with nothing written, when the lease holds another token. */
export async function runLeased(
  redis: RedisClient,
  { leased }: LeasedScript,
  { lease, token }: { lease: string; token: number },
  keys: readonly string[],
  args: readonly ScriptArgument[],
): Promise<void> {
  if ((await runScript(redis, leased, [lease, ...keys], [token, ...args])) !== 1)
    throw new FencedOff(`${lease} does not hold the token ${token} any more`)
}
