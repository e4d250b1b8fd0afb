// Scripts one after the other in a server that goes on, each compared with what the same fleet's undisturbed run gave.
import type { Fault } from './choose-faults.ts'
import { compareRuns, problemsOf, sameActive } from './compare-runs.ts'
import { type RunOutcome, Session } from './session.ts'
import { makeWorld, type Servers, SLOTS, type Slot, type World } from './world.ts'

export type Calm = { world: World; runs: RunOutcome[] }
export type Script = { slot: number; faults: readonly Fault[] }
/** `run` is absent where the run broke. */
export type Judged = { problems: string[]; run: RunOutcome | undefined; tookMs: number }

/** A world and the undisturbed runs of its first slots. Throws when already those are wrong. */
export async function calmWorld(worldSeed: number, servers: Servers, slots = SLOTS): Promise<Calm> {
  const world = await makeWorld(worldSeed, servers, { wires: true, slots: SLOTS })
  const runs: RunOutcome[] = []
  const scripts = world.slots.slice(0, slots).map(({ index }): Script => ({ slot: index, faults: [] }))
  await inSessions(
    world,
    scripts,
    async (session, slot) => {
      const run = await session.run(slot, [])
      runs[slot.index] = run
      return { run, problems: problemsOf(run, { ...world, ...slot }) }
    },
    ({ slot }, { problems }) => {
      if (problems.length > 0)
        throw new Error(`the undisturbed run of slot ${slot}, world ${worldSeed} is wrong:\n  ${problems.join('\n  ')}`)
    },
  )
  return { world, runs }
}

/** Runs them in order of their slots; `tell` hears of each when it is over. */
export function runScripts(
  { world, runs }: Calm,
  scripts: readonly Script[],
  report: (script: Script, judged: Judged) => void,
): Promise<void> {
  const one = async (session: Session, slot: Slot, { faults }: Script) => {
    const calm = runs[slot.index]!
    const compared = { ...world, ...slot }
    const run = await session.run(slot, faults, (recorded) => sameActive(calm, recorded, compared))
    // TCP has taken what ingest had not read when it was killed, or when the connection was cut.
    const mayLose = faults.some((fault) => fault.kind === 'cut' || (fault.kind === 'kill' && fault.what === 'ingest'))
    return { run, problems: compareRuns(calm, run, compared, mayLose) }
  }
  return inSessions(world, scripts, one, report)
}

/** One server for all, and another after one that went wrong. */
async function inSessions(
  world: World,
  scripts: readonly Script[],
  one: (session: Session, slot: Slot, script: Script) => Promise<{ problems: string[]; run: RunOutcome }>,
  report: (script: Script, judged: Judged) => void,
): Promise<void> {
  let session: Session | undefined
  try {
    for (const [i, script] of scripts.entries()) {
      const beganMs = performance.now()
      const slot = world.slots[script.slot]!
      const judged: Judged = { problems: [], run: undefined, tookMs: 0 }
      try {
        session ??= await Session.open(world, slot, scripts.slice(i).some(fillsDisk))
        Object.assign(judged, await one(session, slot, script))
      } catch (error) {
        judged.problems.push(`the run broke: ${error instanceof Error ? error.stack : String(error)}`)
      }
      const next = scripts[i + 1]
      const ends = judged.problems.length > 0 || next === undefined || session?.isPast(world.slots[next.slot]!)
      if (session !== undefined && ends) {
        const ending = session
        session = undefined
        judged.problems.push(...(await ending.close()))
      }
      judged.tookMs = performance.now() - beganMs
      report(script, judged)
    }
  } finally {
    await session?.close()
  }
}

function fillsDisk({ faults }: Script): boolean {
  return faults.some(({ kind }) => kind === 'redis-disk-full')
}
