// `npm run faults -- --scripts 200 --seed 1`: as many seeded scripts as asked, each beside the undisturbed run of its world.
import { parseArgs } from 'node:util'
import { type Calm, calmRun, runBeside } from './beside-calm.ts'
import { chooseFaults, type Fault, faultText, worldSeedOf } from './choose-faults.ts'
import { standing } from './compare-runs.ts'
import { SPAN_MS, SPEED, startServers } from './world.ts'

const { values } = parseArgs({
  options: {
    scripts: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})

async function main(): Promise<boolean> {
  const count = Number(values.scripts)
  const first = Number(values.seed)
  if (!Number.isInteger(count) || !Number.isInteger(first)) throw new Error('--scripts and --seed are whole numbers')
  const beganMs = performance.now()
  console.log(
    `${count} scripts from seed ${first} on, ${SPAN_MS / 60_000} simulated minutes in ${SPAN_MS / SPEED / 1000} s each`,
  )
  const servers = await startServers()
  const failed: number[] = []
  let calm: Calm | undefined
  try {
    for (let seed = first; seed < first + count; seed++) {
      if (calm?.world.seed !== worldSeedOf(seed)) {
        await calm?.world.close()
        calm = undefined
        calm = await calmRun(worldSeedOf(seed), servers)
        const { world, run } = calm
        console.log(
          `world ${world.seed}: ${run.answered.size} reports, ${standing(run.recorded.values(), world.untilMs).size} incidents stand, from ${new Date(world.fromMs).toISOString()}`,
        )
      }
      if (!(await runOne(seed, chooseFaults(seed, SPAN_MS / SPEED), calm))) failed.push(seed)
    }
  } finally {
    await calm?.world.close()
    if (values.keep) {
      console.log(`logs: ${servers.logFolder}`)
      await Promise.all([servers.postgres.stop(), servers.redis.stop()])
    } else await servers.discard()
  }
  const minutes = ((performance.now() - beganMs) / 60_000).toFixed(1)
  console.log(
    failed.length === 0
      ? `all ${count} scripts passed, ${minutes} minutes`
      : `${failed.length} of ${count} scripts failed (seeds ${failed.join(', ')}), ${minutes} minutes`,
  )
  return failed.length === 0
}

async function runOne(seed: number, faults: Fault[], calm: Calm): Promise<boolean> {
  console.log(`script ${seed}: ${faults.map(faultText).join('; ')}`)
  const beganMs = performance.now()
  const problems = await runBeside(calm, faults).then(
    (beside) => beside.problems,
    (error: unknown) => [`the run broke: ${error instanceof Error ? error.stack : String(error)}`],
  )
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1)
  console.log(problems.length === 0 ? `  ok, ${seconds} s` : `  FAILED, ${seconds} s\n  - ${problems.join('\n  - ')}`)
  return problems.length === 0
}

process.exitCode = (await main()) ? 0 : 1
