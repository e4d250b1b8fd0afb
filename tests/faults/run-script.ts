// One run: the server's roles as processes of their own, a fleet that lives its span, faults at their moments. Gives all that
// can be compared with another run of the same world.
import { clockOf } from '../../bin/clock.ts'
import { signIn, watchLive } from '../../bin/watch-live.ts'
import type { Incident, LoggedIncident } from '../../model/incident.ts'
import type { DeviceReport } from '../../model/report.ts'
import { FleetRun } from '../../simulators/run-fleet.ts'
import { readIncidents } from '../../stream/incident-log.ts'
import { keysOf } from '../../stream/keys.ts'
import { readLag } from '../../stream/lag.ts'
import { readEdges } from '../../stream/log-edges.ts'
import { getPosition } from '../../stream/positions.ts'
import { isRedisAway } from '../../stream/redis-errors.ts'
import { type Fault, type ProcessName, targetOf } from './choose-faults.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { eventually, until } from './eventually.ts'
import { freePorts, usualPortOffset } from './free-ports.ts'
import { ofWearers } from './of-wearers.ts'
import { ServerProcess } from './server-process.ts'
import { forgetRun, SHARDS, SPEED, type World } from './world.ts'

/** Short, so that shards move within a script, and long enough for a busy machine. */
const LEASE_TTL_MS = 1500
/** Between the start of the processes and the fleet's first moment; more where a busy machine once needed more. */
let bootMs = 5000
/** The clock may fire what was due by the end within this. */
const EDGES_MS = 2000
const SETTLE_MS_MAX = 180_000
const REST_MS_MAX = 60_000
const BOOTS_MAX = 8
const SCRIPTS_AFTER_MS = 4 * 60_000
const SCRIPT_SPACING_MS = 72_000
const SCRIPT_STRETCH = 12

const ROLES = {
  ingest: 'ingest',
  'evaluate-1': 'evaluate',
  'evaluate-2': 'evaluate',
  record: 'record',
  api: 'api',
} as const satisfies Record<ProcessName, string>

export type Seen = { incident: Incident; atRealMs: number }
export type StoredRow = { wearerId: number; timeMs: number; contentKey: string; copies: number }

export type RunOutcome = {
  /** Answered reports as `wearerId timeMs`, with the real time of the answer. */
  answered: Map<string, number>
  refused: string[]
  pending: number
  rows: StoredRow[]
  /** Newest revisions in the record, and in the incident log. */
  recorded: Map<string, Incident>
  logged: Map<string, Incident>
  /** First revision of each incident as an operator saw it, and the newest. */
  firstSeen: Map<string, Seen>
  lastSeen: Map<string, Incident>
  liveGaps: number
  quarantined: number
  /** Processes that ended although nobody asked, or did not end when asked. */
  ended: string[]
  connectionsCut: number
  /** Real time of the fleet's first moment. */
  fromRealMs: number
}

/** `settled` decides when a run has come to rest besides having caught up; absent: some time after the clock's last edge. */
export async function runScript(
  world: World,
  faults: readonly Fault[],
  settled?: (outcome: Pick<RunOutcome, 'recorded'>) => boolean,
): Promise<RunOutcome> {
  for (let tries = 1; ; tries++) {
    try {
      return await runOnce(world, faults, settled)
    } catch (error) {
      if (!(error instanceof TooLate) || tries === BOOTS_MAX) throw error
    }
  }
}

class TooLate extends Error {}

async function runOnce(
  world: World,
  faults: readonly Fault[],
  settled: (outcome: Pick<RunOutcome, 'recorded'>) => boolean = () => true,
): Promise<RunOutcome> {
  await forgetRun(world)
  const fromRealMs = Date.now() + bootMs
  const clock = `${fromRealMs},${world.fromMs},${SPEED}`
  const nowMs = clockOf(clock)
  const ports = await choosePorts()
  const ended: string[] = []
  const processes = makeProcesses(world, clock, ports, (name, how) => ended.push(`${name} ended: ${how}`))
  const proxies = {
    own: await CuttingProxy.open(ports.ownProxy, ports.own),
    osmand: await CuttingProxy.open(ports.osmandProxy, ports.osmand),
  }
  for (const each of processes.values()) each.start()
  const answered = new Map<string, number>()
  const refused: string[] = []
  const firstSeen = new Map<string, Seen>()
  const watches: Awaited<ReturnType<typeof watchOperators>> = []
  let fleet: FleetRun | undefined
  try {
    await Promise.all([...processes.values()].map((each) => each.untilReady()))
    watches.push(...(await watchOperators(world, ports.api, firstSeen)))
    const lateMs = Date.now() - fromRealMs
    if (lateMs > 0) {
      // The clock has begun without the fleet: faults would come all at once.
      bootMs = bootMs * 1.5 + lateMs
      throw new TooLate(`the server was ready ${lateMs} ms late`)
    }
    fleet = new FleetRun({
      fleet: world.fleet,
      clock: nowMs,
      osmandUrl: `http://127.0.0.1:${proxies.osmand.port}`,
      gatewayUrl: `ws://127.0.0.1:${proxies.own.port}/v1/gateway`,
      fromMs: world.fromMs,
      untilMs: world.untilMs,
      scriptsFromMs: world.fromMs + SCRIPTS_AFTER_MS,
      scriptSpacingMs: SCRIPT_SPACING_MS,
      scriptStretch: SCRIPT_STRETCH,
      onRefused: (deviceId, reason) => refused.push(`${deviceId}: ${reason}`),
      onAnswered: (report) => answered.set(identityOf(world, report), Date.now()),
    })
    fleet.start()
    const begin = performance.now() + (fromRealMs - Date.now())
    await strikeAll(faults, begin, (fault) => strike(fault, begin, world, processes, proxies))
    await until(begin + (world.untilMs - world.fromMs) / SPEED)
    const counts = await within(fleet.finish(), SETTLE_MS_MAX, () => fleet!.counts())
    await until(begin + (world.untilMs - world.fromMs) / SPEED + EDGES_MS)
    await Promise.all([...processes.values()].map((each) => each.untilReady()))
    await untilCaughtUp(world)
    let recorded = await readRecorded(world)
    await eventually(
      async () => {
        await untilCaughtUp(world)
        recorded = await readRecorded(world)
        return settled({ recorded }) && watchesSaw(watches, recorded)
      },
      'the run comes to rest',
      REST_MS_MAX,
    ).catch((error: unknown) => {
      // What is missing is told by the comparison, incident by incident.
      if (!(error instanceof Error && error.message.startsWith('not seen within'))) throw error
    })
    const lastSeen = new Map(watches.flatMap(({ incidents }) => ofWearers(incidents)))
    return {
      answered,
      refused,
      pending: counts.pending,
      rows: await readRows(world),
      recorded,
      logged: await readLogged(world),
      firstSeen,
      lastSeen,
      liveGaps: watches.reduce((sum, { gaps }) => sum + gaps, 0),
      quarantined: await countQuarantined(world),
      ended,
      connectionsCut: proxies.own.cuts + proxies.osmand.cuts,
      fromRealMs,
    }
  } finally {
    fleet?.stop()
    for (const watch of watches) watch.close()
    await Promise.all([proxies.own.close(), proxies.osmand.close()])
    const complaints = await Promise.all([...processes.values()].map((each) => each.stop()))
    ended.push(...complaints.filter((complaint) => complaint !== undefined))
  }
}

type Ports = Awaited<ReturnType<typeof choosePorts>>

async function choosePorts() {
  const [api, own, osmand, ownProxy, osmandProxy, ...health] = (await freePorts(10)) as [
    number,
    number,
    number,
    number,
    number,
    ...number[],
  ]
  return { api, own, osmand, ownProxy, osmandProxy, health, usualOffset: await usualPortOffset() }
}

function makeProcesses(world: World, clock: string, ports: Ports, onEnd: (name: string, how: string) => void) {
  const env = {
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: world.servers.redis.url,
    GELANG_SHARDS: String(SHARDS),
    GELANG_LEASE_TTL_MS: String(LEASE_TTL_MS),
    GELANG_VIRTUAL_CLOCK: clock,
    GELANG_API_PORT: String(ports.api),
    GELANG_INGEST_PORT: String(ports.own),
    GELANG_OSMAND_PORT: String(ports.osmand),
    GELANG_TCP_PORT_OFFSET: String(ports.usualOffset),
    GELANG_BASE_URL: `http://127.0.0.1:${ports.api}`,
    GELANG_AUTH_SECRET: world.authSecret,
  }
  const processes = new Map<ProcessName, ServerProcess>()
  for (const [i, [name, roles]] of Object.entries(ROLES).entries())
    processes.set(
      name as ProcessName,
      new ServerProcess({ name, roles, env, healthPort: ports.health[i]!, logFolder: world.servers.logFolder, onEnd }),
    )
  return processes
}

async function watchOperators(world: World, apiPort: number, firstSeen: Map<string, Seen>) {
  const baseUrl = `http://127.0.0.1:${apiPort}`
  return Promise.all(
    world.operators.map(async (username) => {
      const cookie = world.cookies.get(username) ?? (await signIn(baseUrl, username, world.password))
      world.cookies.set(username, cookie)
      const watch = watchLive(baseUrl, cookie, Date.now, (incident) => {
        if (incident.unit === undefined && !firstSeen.has(incident.id))
          firstSeen.set(incident.id, { incident, atRealMs: Date.now() })
      })
      await watch.hello
      return watch
    }),
  )
}

/** Each at its moment, but none before what it strikes is mended from the one before. All are over when this settles. */
async function strikeAll(faults: readonly Fault[], begin: number, one: (fault: Fault) => Promise<void>): Promise<void> {
  const last = new Map<string, Promise<void>>()
  for (const fault of faults) {
    const before = last.get(targetOf(fault)) ?? Promise.resolve()
    last.set(
      targetOf(fault),
      until(begin + fault.atMs)
        .then(() => before)
        .then(() => one(fault)),
    )
  }
  const over = await Promise.allSettled(last.values())
  const failed = over.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function strike(
  fault: Fault,
  begin: number,
  { servers: { postgres, redis } }: World,
  processes: ReadonlyMap<ProcessName, ServerProcess>,
  proxies: Record<string, CuttingProxy>,
): Promise<void> {
  const mended = () => until(begin + fault.atMs + fault.forMs)
  switch (fault.kind) {
    case 'kill': {
      const process = processes.get(fault.what)!
      await process.kill9()
      await mended()
      process.start()
      return
    }
    case 'pause': {
      const process = processes.get(fault.what)!
      process.pause()
      await mended()
      process.resume()
      return
    }
    case 'redis-kill':
      await redis.kill9()
      await mended()
      return redis.startAgain()
    case 'store-kill':
      await postgres.kill9()
      await mended()
      return postgres.startAgain()
    case 'store-stop':
      await postgres.stop()
      await mended()
      return postgres.startAgain()
    case 'cut':
      for (const proxy of Object.values(proxies)) proxy.cut(fault.side)
      return
  }
}

/** Both readers have read the whole report log, and the record has every incident revision. */
function untilCaughtUp(world: World): Promise<unknown> {
  const keys = keysOf('gelang')
  let behind = ''
  return eventually(
    async () => {
      try {
        const lags = await readLag(world.redis, keys, SHARDS)
        behind = JSON.stringify(
          lags.filter(({ evaluateLagEntries, recordLagEntries }) => evaluateLagEntries + recordLagEntries > 0),
        )
        if (behind !== '[]') return false
        for (let shard = 0; shard < SHARDS; shard++) {
          const { lastId } = await readEdges(world.redis, keys.incidents(shard))
          const position = (await getPosition(world.redis, keys, 'record-incidents', shard)) ?? '0-0'
          behind = `incidents of shard ${shard}: ${position} of ${lastId}`
          if (position !== lastId) return false
        }
        return true
      } catch (error) {
        if (!isRedisAway(error)) throw error
        behind = error.message
        return false
      }
    },
    'evaluate and record catch up',
    SETTLE_MS_MAX,
    () => behind,
  )
}

function identityOf(world: World, { deviceId, timeMs }: DeviceReport): string {
  return `${world.wearerIdOf.get(deviceId)} ${timeMs}`
}

function watchesSaw(
  watches: readonly { incidents: Map<string, { revision: number }> }[],
  recorded: Map<string, Incident>,
): boolean {
  return [...recorded.values()].every(({ id, revision }) =>
    watches.some(({ incidents }) => incidents.get(id)?.revision === revision),
  )
}

async function readRows({ pool }: World): Promise<StoredRow[]> {
  const { rows } = await pool.query<StoredRow>(
    `SELECT wearer_id AS "wearerId", utc_ms(time) AS "timeMs", min(content_key)::text AS "contentKey", count(*)::int AS copies
    FROM fix GROUP BY wearer_id, time ORDER BY wearer_id, time`,
  )
  return rows
}

async function readRecorded({ pool }: World): Promise<Map<string, Incident>> {
  const { rows } = await pool.query<{ body: Incident }>('SELECT body FROM incident WHERE wearer_id IS NOT NULL')
  return new Map(rows.map(({ body }) => [body.id, body]))
}

async function readLogged(world: World): Promise<Map<string, Incident>> {
  const newest = new Map<string, Incident>()
  for (let shard = 0; shard < SHARDS; shard++)
    for (const { json } of await readIncidents(world.redis, keysOf('gelang'), shard, '0-0', { count: 100_000 })) {
      const incident = JSON.parse(json) as LoggedIncident
      if (incident.unitPath !== undefined) continue
      newest.set(incident.id, incident)
    }
  return newest
}

async function countQuarantined({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM quarantine')
  return rows[0]!.n
}

/** What was awaited, or what `otherwise` says when it takes too long: the comparison then tells what is missing. */
async function within<T>(awaited: Promise<T>, ms: number, otherwise: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), ms)
  })
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer))
}
