// A server that lives through several scripts: the roles as processes of their own on a virtual clock, and for each script a
// fleet of its own, faults at their moments, and at the end all that can be compared with another run of the same slot.
import { join } from 'node:path'
import { signIn, watchLive } from '../../bin/demo/watch-live.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { FleetRun } from '../../simulators/run-fleet.ts'
import type { Fault } from './choose-faults.ts'
import { eventually, until } from './eventually.ts'
import { HeldClock } from './held-clock.ts'
import { CAN_MOUNT, type LogDisk, onSmallDisk } from './log-disk.ts'
import { ofWearers } from './of-wearers.ts'
import {
  countForeign,
  readLogged,
  readQuarantined,
  readRecorded,
  readRows,
  type StoredRow,
  untilCaughtUp,
} from './read-outcome.ts'
import { serveWorld, type WorldServer } from './serve-world.ts'
import { strikeAll } from './strike.ts'
import { forgetRun, type Slot, SPEED, type World } from './world.ts'

/** In an undisturbed run, what the clock fires has come when nothing new has for so long. */
const QUIET_MS = 1500
/** The clock stands so much before a fleet's first moment. */
const LEAD_MS = 60_000
const CATCH_UP_MS_MAX = 180_000
const REST_MS_MAX = 60_000
const SCRIPTS_AFTER_MS = 2 * 60_000
const SCRIPT_SPACING_MS = 45_000
const SCRIPT_STRETCH = 12
/** Bracelets ask again sooner than real ones, as all of time goes by faster here. */
const PATIENCE = { answerMs: 1200, retryMsMax: 800 }

export type Seen = { incident: Incident; atRealMs: number }

export type RunOutcome = {
  /** Answered reports as `wearerId timeMs`, with the real time of the answer. */
  answered: Map<string, number>
  /** Reports that TCP took off bracelets that are never answered. */
  left: Set<string>
  refused: string[]
  /** What was never answered: bracelets and how many reports of each. */
  pending: string[]
  rows: StoredRow[]
  /** Rows of bracelets that have not spoken. */
  foreignRows: number
  /** Newest revisions in the record, and in the incident log. */
  recorded: Map<string, Incident>
  logged: Map<string, Incident>
  /** First revision of each incident as an operator saw it, and the newest. */
  firstSeen: Map<string, Seen>
  lastSeen: Map<string, Incident>
  liveGaps: number
  /** What went into quarantine, in words. */
  quarantined: string[]
  /** Processes that ended although nobody asked, or did not end when asked. */
  ended: string[]
  connectionsCut: number
  /** How often Redis ended over a full disk. */
  diskFalls: number
  /** Real time of the fleet's first moment. */
  fromRealMs: number
}

type AtRest = (recorded: ReadonlyMap<string, Incident>) => boolean

export class Session {
  readonly #world: World
  readonly #server: WorldServer
  readonly #disk: LogDisk | undefined
  readonly #clock: HeldClock
  readonly #ended: string[]
  readonly #watches: ReturnType<typeof watchLive>[]
  readonly #firstSeen: Map<string, Seen>
  readonly #lived: Slot[] = []

  private constructor(
    world: World,
    server: WorldServer,
    disk: LogDisk | undefined,
    clock: HeldClock,
    ended: string[],
    watches: ReturnType<typeof watchLive>[],
    firstSeen: Map<string, Seen>,
  ) {
    this.#world = world
    this.#server = server
    this.#disk = disk
    this.#clock = clock
    this.#ended = ended
    this.#watches = watches
    this.#firstSeen = firstSeen
  }

  /** Everything anew; the clock does not move until the fleet of `slot` lives. `fillsDisk`: a fault will fill the log's disk. */
  static async open(world: World, slot: Slot, fillsDisk: boolean): Promise<Session> {
    await forgetRun(world)
    const disk = fillsDisk && CAN_MOUNT ? await onSmallDisk(world.servers.redis) : undefined
    const clock = new HeldClock(join(world.servers.logFolder, '..', 'clock'), slot.fromMs - LEAD_MS)
    const ended: string[] = []
    const server = await serveWorld(world, clock.path, (name, how) => ended.push(`${name} ended: ${how}`))
    const firstSeen = new Map<string, Seen>()
    try {
      await server.untilReady()
      const watches = await watchOperators(world, server, firstSeen)
      return new Session(world, server, disk, clock, ended, watches, firstSeen)
    } catch (error) {
      await server.stop()
      await disk?.discard()
      throw error
    }
  }

  /** The clock has gone by the slot's first moment, and must not go back. */
  isPast(slot: Slot): boolean {
    return this.#clock.nowMs() > slot.fromMs
  }

  /** `settled` decides when a run has come to rest besides having caught up; absent: when nothing new has come for a while. */
  async run(slot: Slot, faults: readonly Fault[], atRest?: AtRest): Promise<RunOutcome> {
    this.#lived.push(slot)
    const world = this.#world
    const before = { gaps: this.#gaps(), cuts: this.#server.cuts(), falls: this.#disk?.falls ?? 0 }
    const quarantinedBefore = (await readQuarantined(world)).length
    const heard = { answered: new Map<string, number>(), left: new Set<string>(), refused: [] as string[] }
    const beginMs = performance.now()
    const fromRealMs = Date.now()
    this.#clock.runFrom(slot.fromMs)
    const fleet = this.#startFleet(slot, heard)
    try {
      await strikeAll(faults, { world, server: this.#server, disk: this.#disk, beginMs })
      const overMs = performance.now() + (slot.untilMs - this.#clock.nowMs()) / SPEED
      await until(overMs)
      this.#clock.hold()
      const counts = await within(fleet.finish(), CATCH_UP_MS_MAX, () => fleet.counts())
      await this.#server.untilReady()
      const incidents = await this.#atRest(slot, atRest ?? unchanged())
      return {
        ...heard,
        pending: counts.pending === 0 ? [] : fleet.waiting(),
        rows: await readRows(world, slot),
        foreignRows: await countForeign(world, this.#lived),
        ...incidents,
        firstSeen: new Map([...this.#firstSeen].filter(([, { incident }]) => slot.wearerIds.has(incident.wearerId))),
        lastSeen: new Map(this.#watches.flatMap(({ incidents }) => ofWearers(incidents))),
        liveGaps: this.#gaps() - before.gaps,
        quarantined: (await readQuarantined(world)).slice(quarantinedBefore),
        ended: this.#ended.splice(0),
        connectionsCut: this.#server.cuts() - before.cuts,
        diskFalls: (this.#disk?.falls ?? 0) - before.falls,
        fromRealMs,
      }
    } finally {
      fleet.stop()
    }
  }

  /** Ends everything; gives complaints. */
  async close(): Promise<string[]> {
    for (const watch of this.#watches) watch.close()
    try {
      return [...this.#ended, ...(await this.#server.stop())]
    } finally {
      await this.#disk?.discard()
    }
  }

  #gaps(): number {
    return this.#watches.reduce((sum, { gaps }) => sum + gaps, 0)
  }

  #startFleet(slot: Slot, { answered, left, refused }: Pick<RunOutcome, 'answered' | 'left' | 'refused'>): FleetRun {
    const { osmandUrl, gatewayUrl, wirePorts, udpPorts, mqttPort } = this.#server
    const fleet = new FleetRun({
      fleet: slot.fleet,
      clock: () => this.#clock.nowMs(),
      osmandUrl,
      gatewayUrl,
      wirePorts,
      udpPorts,
      mqttPort,
      patience: PATIENCE,
      fromMs: slot.fromMs,
      untilMs: slot.untilMs,
      scriptsFromMs: slot.fromMs + SCRIPTS_AFTER_MS,
      scriptSpacingMs: SCRIPT_SPACING_MS,
      scriptStretch: SCRIPT_STRETCH,
      onRefused: (deviceId, reason) => refused.push(`${deviceId}: ${reason}`),
      onAnswered: (report) => answered.set(this.#identityOf(report), Date.now()),
      onLeft: (report) => left.add(this.#identityOf(report)),
    })
    fleet.start()
    return fleet
  }

  /** The incidents of the record once everything is read, the operators have been notified, and the run has come to rest. */
  async #atRest(slot: Slot, atRest: AtRest): Promise<Pick<RunOutcome, 'logged' | 'recorded'>> {
    let logged = new Map<string, Incident>()
    let recorded = new Map<string, Incident>()
    const notified = () =>
      [...recorded.values()].every(({ id, revision }) =>
        this.#watches.some(({ incidents }) => (incidents.get(id)?.revision ?? 0) >= revision),
      )
    await untilCaughtUp(this.#world, CATCH_UP_MS_MAX)
    await eventually(
      async () => {
        await untilCaughtUp(this.#world, CATCH_UP_MS_MAX)
        // The log first: what the clock finds meanwhile is in neither, or newer in the record.
        logged = await readLogged(this.#world, slot)
        recorded = await readRecorded(this.#world, slot)
        return atRest(recorded) && notified()
      },
      'the run comes to rest',
      REST_MS_MAX,
    ).catch((error: unknown) => {
      // What is missing is shown by the comparison, incident by incident.
      if (!(error instanceof Error && error.message.startsWith('not seen within'))) throw error
    })
    return { logged, recorded }
  }

  #identityOf({ deviceId, timeMs }: DeviceReport): string {
    return `${this.#world.wearerIdOf.get(deviceId)} ${timeMs}`
  }
}

function unchanged(): AtRest {
  let last = ''
  let sinceMs = performance.now()
  return (recorded) => {
    const now = [...recorded.values()].map(({ id, revision }) => `${id} ${revision}`).join()
    if (now !== last) sinceMs = performance.now()
    last = now
    return performance.now() - sinceMs > QUIET_MS
  }
}

async function watchOperators(world: World, { apiUrl }: WorldServer, firstSeen: Map<string, Seen>) {
  return Promise.all(
    world.operators.map(async (username) => {
      const cookie = world.cookies.get(username) ?? (await signIn(apiUrl, username, world.password))
      world.cookies.set(username, cookie)
      const watch = watchLive(apiUrl, cookie, Date.now, (incident) => {
        if (incident.unit === undefined && !firstSeen.has(incident.id))
          firstSeen.set(incident.id, { incident, atRealMs: Date.now() })
      })
      await watch.hello
      return watch
    }),
  )
}

/** What was awaited, or what `otherwise` says when it takes too long: the comparison then shows what is missing. */
async function within<T>(awaited: Promise<T>, ms: number, otherwise: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), ms)
  })
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer))
}
