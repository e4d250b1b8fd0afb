// A short sample of seeded scripts, and every seed that ever failed. `npm run faults` runs as many as asked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Calm, calmRun, runBeside } from './beside-calm.ts'
import { chooseFaults, faultText, worldSeedOf } from './choose-faults.ts'
import { type Servers, SPAN_MS, SPEED, startServers } from './world.ts'

const RUN_MS_MAX = 600_000

/** Of one world, also with what failed, so that all share its undisturbed run. */
const SAMPLE = [20, 22]

/** Seeds that failed once, with what was wrong. */
const FAILED_ONCE: readonly (readonly [seed: number, what: string])[] = [
  [23, '185 reports had no answer a minute after the end, on a busy machine'],
]

let servers: Servers
let calm: Calm | undefined

beforeAll(async () => {
  servers = await startServers()
}, RUN_MS_MAX)

afterAll(async () => {
  await calm?.world.close()
  await servers?.discard()
}, RUN_MS_MAX)

async function problemsWith(seed: number): Promise<string[]> {
  const faults = chooseFaults(seed, SPAN_MS / SPEED)
  console.log(`script ${seed}: ${faults.map(faultText).join('; ')}`)
  if (calm?.world.seed !== worldSeedOf(seed)) {
    await calm?.world.close()
    calm = undefined
    calm = await calmRun(worldSeedOf(seed), servers)
  }
  return (await runBeside(calm, faults)).problems
}

describe('nothing answered is lost, nothing is there twice, the same incidents stand', () => {
  test.each(SAMPLE)('script %i', { timeout: RUN_MS_MAX }, async (seed) => {
    expect(await problemsWith(seed)).toEqual([])
  })

  test.each([...FAILED_ONCE].sort(([a], [b]) => a - b))(
    'script %i, which failed once: %s',
    { timeout: RUN_MS_MAX },
    async (seed) => {
      expect(await problemsWith(seed)).toEqual([])
    },
  )
})
