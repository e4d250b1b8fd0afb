// A power cut for each process of the server, and for Redis: nothing answered is lost or doubled, the same incidents stand.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Calm, calmRun, runBeside } from './beside-calm.ts'
import { type Fault, PROCESS_NAMES } from './choose-faults.ts'
import { standing } from './compare-runs.ts'
import { type Servers, SPAN_MS, SPEED, startServers } from './world.ts'

const WORLD_SEED = 1001
const RUN_MS_MAX = 600_000

let servers: Servers
let calm: Calm

beforeAll(async () => {
  servers = await startServers()
  calm = await calmRun(WORLD_SEED, servers)
}, RUN_MS_MAX)

afterAll(async () => {
  await calm?.world.close()
  await servers?.discard()
}, RUN_MS_MAX)

test('the undisturbed run has what a fault could spoil', () => {
  const { run, world } = calm
  expect(run.answered.size).toBeGreaterThan(3000)
  const types = new Set([...standing(run.recorded.values(), world.untilMs).values()].map((text) => text.split(' ')[0]))
  expect([...types]).toEqual(
    expect.arrayContaining([
      'away_from_required_zone',
      'inside_avoided_zone',
      'off_corridor',
      'inferred_crossing',
      'strap_open',
      'sos',
      'location_unverifiable',
    ]),
  )
})

test(
  'kill -9 of ingest, both evaluators, record and api, one after the other',
  async () => {
    const everyMs = SPAN_MS / SPEED / (PROCESS_NAMES.length + 1)
    const faults = PROCESS_NAMES.map(
      (what, i): Fault => ({ kind: 'kill', what, atMs: (i + 0.7) * everyMs, forMs: 1000 }),
    )
    const { problems } = await runBeside(calm, faults)
    expect(problems).toEqual([])
  },
  RUN_MS_MAX,
)

test(
  'kill -9 of Redis, twice',
  async () => {
    const { problems } = await runBeside(calm, [
      { kind: 'redis-kill', atMs: 4000, forMs: 1000 },
      { kind: 'redis-kill', atMs: 9000, forMs: 0 },
    ])
    expect(problems).toEqual([])
  },
  RUN_MS_MAX,
)
