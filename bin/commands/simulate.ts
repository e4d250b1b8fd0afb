// `gelang simulate`: lets a fleet live against a running server until it is stopped.
import { readFileSync } from 'node:fs'
import type { Fleet } from '../../simulators/fleet-people.ts'
import { parseOutage } from '../../simulators/outage.ts'
import { FleetRun } from '../../simulators/run-fleet.ts'
import { truthLines } from '../../simulators/truth-lines.ts'
import { clockOf } from '../process/clock.ts'
import { untilSignalOr } from '../process/until-signal.ts'

type SimulateOptions = {
  fleet: string
  speed: string
  for?: string
  osmand: string
  gateway: string
  outage?: string
  truth?: boolean
}

const SAY_EVERY_MS = 5000

/** Runs until `--for` is over or a signal comes; prints the counts as JSON at the end. */
export async function simulateCommand(options: SimulateOptions): Promise<void> {
  const fleet = JSON.parse(readFileSync(options.fleet, 'utf8')) as Fleet
  const startMs = Date.now()
  const clock = clockOf(process.env.GELANG_VIRTUAL_CLOCK ?? `${startMs},${startMs},${options.speed}`)
  const run = new FleetRun({
    fleet,
    clock,
    osmandUrl: options.osmand,
    gatewayUrl: options.gateway,
    fromMs: clock(),
    scriptsFromMs: clock() + 5000,
    ...(options.outage === undefined ? {} : { outage: parseOutage(options.outage, clock()) }),
    onRefused: (deviceId, reason) => console.error(`${deviceId} was refused: ${reason}`),
  })
  run.start()
  const printing = setInterval(() => {
    if (options.truth) for (const line of truthLines(run.bracelets, clock())) console.log(JSON.stringify(line))
    const { sent, answered } = run.counts()
    console.error(`${sent} reports sent, ${answered} answered`)
  }, SAY_EVERY_MS)
  await untilSignalOr(options.for === undefined ? undefined : Number(options.for) * 1000)
  clearInterval(printing)
  console.log(JSON.stringify(await run.finish()))
}
