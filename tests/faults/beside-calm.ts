// An undisturbed run, made once, and runs with faults beside it.
import type { Fault } from './choose-faults.ts'
import { compareRuns, problemsOf, sameStanding } from './compare-runs.ts'
import { type RunOutcome, runScript } from './run-script.ts'
import { makeWorld, type Servers, type World } from './world.ts'

export type Calm = { world: World; run: RunOutcome }

/** Throws when already the undisturbed run is wrong. */
export async function calmRun(worldSeed: number, servers: Servers): Promise<Calm> {
  const world = await makeWorld(worldSeed, servers)
  const run = await runScript(world, [])
  const problems = problemsOf(run)
  if (problems.length > 0)
    throw new Error(`the undisturbed run of world ${worldSeed} is wrong:\n  ${problems.join('\n  ')}`)
  return { world, run }
}

/** A run with these faults, and what is wrong with it beside the undisturbed one. */
export async function runBeside(
  { world, run: calm }: Calm,
  faults: readonly Fault[],
): Promise<{ run: RunOutcome; problems: string[] }> {
  const run = await runScript(world, faults, ({ recorded }) => sameStanding(calm, recorded, world.untilMs))
  return { run, problems: compareRuns(calm, run, world.untilMs) }
}
