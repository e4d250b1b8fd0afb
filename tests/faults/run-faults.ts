// `npm run faults -- --soak 10`: a long run under floods and garbage (soak.ts).
// `npm run faults -- --scripts 200 --seed 1`: as many seeded scripts as asked, each beside an undisturbed run of its fleet.
// Scripts wait more than they work, so several run side by side, each lane with services of its own.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { discardAbandoned } from '../setup/services.ts'
import { chooseFaults, faultText, roundOf, slotOf, worldSeedOf } from './choose-faults.ts'
import { activeIncidents } from './compare-runs.ts'
import { CAN_MOUNT } from './log-disk.ts'
import { type Calm, calmWorld, runScripts } from './run-scripts.ts'
import { soak } from './soak.ts'
import { type Servers, SPAN_MS, SPEED, startServers } from './world.ts'

const { values } = parseArgs({
  options: {
    scripts: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: String(availableParallelism() + 1) },
    /** Only scripts that have a fault of this kind. */
    with: { type: 'string' },
    soak: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

const first = whole('seed')
const failed: number[] = []
let passed = 0

function whole(name: 'scripts' | 'seed' | 'lanes'): number {
  const value = Number(values[name])
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} is a whole number`)
  return value
}

async function main(): Promise<void> {
  const beganMs = performance.now()
  const seeds = Array.from({ length: whole('scripts') }, (_, i) => first + i).filter(isWanted)
  const count = seeds.length
  const worlds = [...new Set(seeds.map(worldSeedOf))]
  const lanes = Math.max(1, Math.min(whole('lanes'), worlds.length))
  console.log(
    `${count} scripts from seed ${first} on, ${SPAN_MS / 60_000} simulated minutes in ${SPAN_MS / SPEED / 1000} s each, ${lanes} side by side`,
  )
  if (!CAN_MOUNT) console.log('LEFT OUT: a full disk of the log, in every script that has one; only root may mount one')
  await discardAbandoned()
  const ways = Array.from({ length: lanes }, async () => {
    const servers = await startServers()
    try {
      for (let world = worlds.shift(); world !== undefined; world = worlds.shift())
        await runWorld(
          world,
          seeds.filter((seed) => worldSeedOf(seed) === world),
          servers,
        )
    } finally {
      if (values.keep) {
        console.log(`logs: ${servers.logFolder}`)
        await Promise.all([servers.postgres.stop(), servers.redis.stop()])
      } else await servers.discard()
    }
  })
  const broken = (await Promise.allSettled(ways)).find((way) => way.status === 'rejected')
  if (broken !== undefined) throw broken.reason
  const seconds = (performance.now() - beganMs) / 1000
  const time = `${(seconds / 60).toFixed(1)} minutes, ${(seconds / count).toFixed(1)} s a script`
  console.log(
    passed === count
      ? `all ${count} scripts passed, ${time}`
      : `${passed} of ${count} scripts passed, ${time}; failed: seeds ${failed.sort((a, b) => a - b).join(', ')}`,
  )
  process.exitCode = passed === count ? 0 : 1
}

function isWanted(seed: number): boolean {
  return values.with === undefined || chooseFaults(seed, SPAN_MS / SPEED).some(({ kind }) => kind === values.with)
}

async function runWorld(worldSeed: number, seeds: readonly number[], servers: Servers): Promise<void> {
  const beganMs = performance.now()
  let calm: Calm
  try {
    calm = await calmWorld(worldSeed, servers, Math.max(...seeds.map(slotOf)) + 1)
  } catch (error) {
    console.log(`world ${worldSeed} BROKE, and with it seeds ${seeds.join(', ')}: ${textOf(error)}`)
    failed.push(...seeds)
    return
  }
  const { world, runs } = calm
  for (const [i, run] of runs.entries()) {
    const slot = world.slots[i]!
    const active = activeIncidents(run.recorded.values(), { ...world, ...slot }).size
    console.log(
      `world ${worldSeed}, fleet ${i}, from ${new Date(slot.fromMs).toISOString()}: ${run.answered.size} reports answered, ${run.left.size} of bracelets never answered, ${active} incidents stand`,
    )
  }
  console.log(`world ${worldSeed} lived undisturbed, ${secondsSince(beganMs)}`)
  for (const round of new Set(seeds.map(roundOf)))
    await runRound(
      seeds.filter((seed) => roundOf(seed) === round),
      calm,
    )
  await world.close()
}

async function runRound(seeds: readonly number[], calm: Calm): Promise<void> {
  const scripts = seeds.map((seed) => ({ seed, slot: slotOf(seed), faults: chooseFaults(seed, SPAN_MS / SPEED) }))
  for (const { seed, faults } of scripts) console.log(`script ${seed}: ${faults.map(faultText).join('; ')}`)
  await runScripts(calm, scripts, (script, { problems, run, tookMs }) => {
    const { seed } = script as (typeof scripts)[number]
    const time = `${(tookMs / 1000).toFixed(1)} s`
    if (problems.length === 0) passed++
    else failed.push(seed)
    console.log(
      problems.length === 0
        ? `  script ${seed} ok, ${time}, ${run?.connectionsCut} connections cut, Redis without room ${run?.diskFalls} times`
        : `  script ${seed} FAILED, ${time}\n  - ${problems.join('\n  - ')}`,
    )
  })
}

function secondsSince(beganMs: number): string {
  return `${((performance.now() - beganMs) / 1000).toFixed(1)} s`
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// Processes and mounts end with this one; services are swept by the next run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
if (values.soak === undefined) await main()
else {
  await discardAbandoned()
  const servers = await startServers()
  process.exitCode = (await soak(Number(values.soak), first, servers).finally(() => servers.discard())) ? 0 : 1
}
