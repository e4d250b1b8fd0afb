// What a bracelet that nobody wears says while somebody tests it. Otherwise its reports are answered and discarded; of these, too,
// nothing stays longer than the test.
import type { BenchReport } from '../../model/report/bench-report.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'

/** A test lasts so long after it was last asked for. */
export const BENCH_MS = 10 * 60_000
const REPORTS_MAX = 60

const NOTE = script(`
-- KEYS 1 somebody tests the bracelet, 2 what it said
-- ARGV 1 the report (JSON), 2 reports kept, 3 for how long, ms
-- gives 1 where it was noted
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[1])
redis.call('LTRIM', KEYS[2], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
`)

/** Notes a report where the bracelet is being tested. */
export async function noteBench(
  redis: RedisClient,
  keys: Keys,
  braceletId: number,
  report: BenchReport,
): Promise<boolean> {
  const args = [JSON.stringify(report), REPORTS_MAX, BENCH_MS]
  return (await runScript(redis, NOTE, [keys.benchWanted(braceletId), keys.benchHeard(braceletId)], args)) === 1
}

/** Begins a test, or goes on with it. */
export async function wantBench(redis: RedisClient, keys: Keys, braceletId: number): Promise<void> {
  await redis.set(keys.benchWanted(braceletId), '1', 'PX', BENCH_MS)
}

/** What was noted, newest first, and for how long the test goes on, ms; 0: none does. */
export async function readBench(
  redis: RedisClient,
  keys: Keys,
  braceletId: number,
): Promise<{ reports: BenchReport[]; forMs: number }> {
  const [heard, forMs] = await Promise.all([
    redis.lrange(keys.benchHeard(braceletId), 0, REPORTS_MAX - 1),
    redis.pttl(keys.benchWanted(braceletId)),
  ])
  return { reports: heard.map((json) => JSON.parse(json) as BenchReport), forMs: Math.max(0, forMs) }
}
