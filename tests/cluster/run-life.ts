// One span of a fleet's life against any number of processes, on one Redis or on a cluster; gives what can be compared.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signIn, watchLive } from '../../bin/demo/watch-live.ts'
import { clockOf } from '../../bin/process/clock.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { FleetRun } from '../../simulators/run-fleet.ts'
import { readLag } from '../../stream/logs/lag.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { getPosition } from '../../stream/logs/positions.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import { keysOf } from '../../stream/redis/keys.ts'
import { eventually, until } from '../faults/eventually.ts'
import { freePorts, PortBlock } from '../faults/free-ports.ts'
import { ofWearers } from '../faults/of-wearers.ts'
import { WITH_OWN_TIME } from '../faults/read-outcome.ts'
import { ServerProcess } from '../faults/server-process.ts'
import { SHARDS, type World } from '../faults/world.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'

export const KEYS = keysOf('gelang')
/** Simulated milliseconds in a real one. */
const SPEED = 200
const LEASE_TTL_MS = 2500
const SPAN_MS = 32 * 60_000
/** Between the start of the processes and the fleet's first moment; where they need longer, its first reports come late. */
const BOOT_MS = 9000
/** The clock may fire what was due by the end within this. */
const EDGES_MS = 1500
const CATCH_UP_MS_MAX = 3 * PATIENCE_MS

export type Life = {
  answered: Set<string>
  refused: string[]
  pending: number
  rows: { identity: string; copies: number }[]
  recorded: Map<string, Incident>
  /** Newest revision of each incident as the operators were sent it live. */
  seen: Map<string, Incident>
  positionsSeen: number
  quarantined: number
  /** Processes that ended although nobody asked, or badly. */
  ended: string[]
  untilMs: number
}

export type LifeOptions = {
  world: World
  redis: RedisClient
  redisEnv: Record<string, string>
  /** Name → roles. Those whose name begins with `spare` start when the disturbance says so. */
  processes: Record<string, string>
  /** What happens meanwhile; absent: nothing. `moment` resolves when a part (0…1) of the span has gone by. */
  disturb?(life: { processes: Map<string, Placed>; moment(part: number): Promise<void> }): Promise<void>
  /** What must still come about before the processes stop, now that all is recorded. */
  untilNotified?(recorded: Map<string, Incident>): Promise<void>
}

export type Placed = { process: ServerProcess; healthUrl: string; ingestUrl: string }

export async function runLife(options: LifeOptions): Promise<Life> {
  const { world, redis, redisEnv, processes: wanted } = options
  await world.pool.query('TRUNCATE fix, incident, incident_revision, quarantine, record_position')
  const ended: string[] = []
  const fromRealMs = Date.now() + BOOT_MS
  const clock = `${fromRealMs},${world.fromMs},${SPEED}`
  const untilMs = world.fromMs + SPAN_MS
  const { placed, ingests, apiUrl } = await place(world, { ...redisEnv, GELANG_VIRTUAL_CLOCK: clock }, wanted, (text) =>
    ended.push(text),
  )
  const answered = new Set<string>()
  const refused: string[] = []
  const fleets: FleetRun[] = []
  const watches: ReturnType<typeof watchLive>[] = []
  try {
    const first = [...placed].filter(([name]) => !name.startsWith('spare')).map(([, { process }]) => process)
    for (const process of first) process.start()
    await Promise.all(first.map((process) => process.untilReady()))
    for (const username of world.operators) {
      const cookie = world.cookies.get(username) ?? (await signIn(apiUrl, username, world.password))
      world.cookies.set(username, cookie)
      watches.push(watchLive(apiUrl, cookie, clockOf(clock)))
    }
    await Promise.all(watches.map(({ hello }) => hello))
    // Each unit's bracelets speak to one of the ingest processes.
    const units = [...new Set(world.fleet.wearers.map(({ unitPath }) => unitPath))]
    for (const [i, ports] of ingests.entries()) {
      const mine = new Set(units.filter((_, at) => at % ingests.length === i))
      const ofMine = ({ unitPath }: { unitPath: string }) => mine.has(unitPath)
      fleets.push(
        new FleetRun({
          fleet: {
            ...world.fleet,
            wearers: world.fleet.wearers.filter(ofMine),
            gateways: world.fleet.gateways.filter(ofMine),
          },
          clock: clockOf(clock),
          osmandUrl: `http://127.0.0.1:${ports.osmand}`,
          gatewayUrl: `ws://127.0.0.1:${ports.own}/v1/gateway`,
          fromMs: world.fromMs,
          untilMs,
          scriptsFromMs: world.fromMs + 3 * 60_000,
          scriptSpacingMs: 40_000,
          scriptStretch: 12,
          onRefused: (deviceId, reason) => refused.push(`${deviceId}: ${reason}`),
          onAnswered: (report) => answered.add(identityOf(world, report)),
        }),
      )
    }
    const begin = performance.now() + (fromRealMs - Date.now())
    const moment = (part: number) => until(begin + (part * SPAN_MS) / SPEED)
    for (const fleet of fleets) fleet.start()
    await options.disturb?.({ processes: placed, moment })
    await moment(1)
    const counts = await Promise.all(fleets.map((fleet) => fleet.finish()))
    await until(begin + SPAN_MS / SPEED + EDGES_MS)
    await untilAtRest(redis)
    const recorded = await readRecorded(world)
    const seen = () => new Map<string, Incident>(watches.flatMap(({ incidents }) => ofWearers(incidents)))
    await eventually(
      async () => [...(await readRecorded(world)).values()].every((i) => seen().get(i.id)?.revision === i.revision),
      'the operators saw what is recorded',
      CATCH_UP_MS_MAX,
    )
    await options.untilNotified?.(recorded)
    return {
      answered,
      refused,
      pending: counts.reduce((sum, { pending }) => sum + pending, 0),
      rows: await readRows(world),
      recorded,
      seen: seen(),
      positionsSeen: watches.reduce((sum, { delaysMs }) => sum + delaysMs.length, 0),
      quarantined: await countQuarantined(world),
      ended,
      untilMs,
    }
  } finally {
    for (const fleet of fleets) fleet.stop()
    for (const watch of watches) watch.close()
    const complaints = await Promise.all([...placed.values()].map(({ process }) => process.stop()))
    ended.push(...complaints.filter((complaint) => complaint !== undefined))
  }
}

/** Makes the processes, each with ports of its own; starts none. */
async function place(
  world: World,
  env: Record<string, string>,
  wanted: Record<string, string>,
  onEnd: (text: string) => void,
) {
  const placed = new Map<string, Placed>()
  const ingests: { own: number; osmand: number }[] = []
  const [api] = (await freePorts(1)) as [number]
  const apiUrl = `http://127.0.0.1:${api}`
  for (const [name, roles] of Object.entries(wanted)) {
    const [own, osmand, healthPort] = (await freePorts(3)) as [number, number, number]
    const devicePortOffset = roles === 'ingest' ? await devicePortOffsetOf(ingests.length) : 0
    if (roles === 'ingest') ingests.push({ own, osmand })
    const process = new ServerProcess({
      name,
      roles,
      healthPort,
      logFolder: world.servers.logFolder,
      onEnd: (which, how) =>
        onEnd(`${which} ended: ${how} ${lastError(join(world.servers.logFolder, `${which}.log`))}`),
      env: {
        ...world.databaseEnvironment,
        GELANG_SHARDS: String(SHARDS),
        GELANG_LEASE_TTL_MS: String(LEASE_TTL_MS),
        GELANG_API_PORT: String(api),
        GELANG_INGEST_PORT: String(own),
        GELANG_OSMAND_PORT: String(osmand),
        GELANG_TCP_PORT_OFFSET: String(devicePortOffset),
        GELANG_BASE_URL: apiUrl,
        GELANG_AUTH_SECRET: world.authSecret,
        GELANG_RULES_KEY: world.authSecret,
        ...env,
      },
    })
    placed.set(name, {
      process,
      healthUrl: `http://127.0.0.1:${healthPort}`,
      ingestUrl: `http://127.0.0.1:${own}`,
    })
  }
  return { placed, ingests, apiUrl }
}

const blocks: Promise<PortBlock>[] = []

/** Each process that receives opens all device ports, hundreds of numbers apart, in a block that both lives use. */
async function devicePortOffsetOf(index: number): Promise<number> {
  blocks[index] ??= PortBlock.claim()
  return (await blocks[index]).usualOffset
}

/** What a process said last of what went wrong. */
function lastError(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').split('\n')
  return lines.filter((line) => line.includes('"level":50')).at(-1) ?? ''
}

/** Every reader has read all there is. */
function untilAtRest(redis: RedisClient): Promise<unknown> {
  let behind = ''
  return eventually(
    async () => {
      const lags = await readLag(redis, KEYS, SHARDS)
      const late = lags.filter(({ evaluate, record }) => evaluate.entries + record.entries > 0)
      behind = JSON.stringify(late)
      if (late.length > 0) return false
      for (let shard = 0; shard < SHARDS; shard++) {
        const { lastId } = await readEdges(redis, KEYS.incidents(shard))
        const position = (await getPosition(redis, KEYS, 'record-incidents', shard)) ?? '0-0'
        behind = `incidents of shard ${shard}: ${position} of ${lastId}`
        if (position !== lastId) return false
      }
      behind = 'quarantine'
      return (await redis.xlen(KEYS.quarantine)) === 0
    },
    'all is evaluated and recorded',
    CATCH_UP_MS_MAX,
    () => behind,
  )
}

function identityOf(world: World, { deviceId, timeMs }: DeviceReport): string {
  return `${world.wearerIdOf.get(deviceId)} ${timeMs}`
}

async function readRows({ pool }: World): Promise<Life['rows']> {
  const { rows } = await pool.query<{ wearerId: number; timeMs: number; copies: number }>(
    `SELECT wearer_id AS "wearerId", utc_ms(time) AS "timeMs", count(*)::int AS copies FROM fix
    WHERE ${WITH_OWN_TIME} GROUP BY wearer_id, time`,
  )
  return rows.map(({ wearerId, timeMs, copies }) => ({ identity: `${wearerId} ${timeMs}`, copies }))
}

async function readRecorded({ pool }: World): Promise<Map<string, Incident>> {
  const { rows } = await pool.query<{ body: Incident }>('SELECT body FROM incident WHERE wearer_id IS NOT NULL')
  return new Map(rows.map(({ body }) => [body.id, body]))
}

async function countQuarantined({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM quarantine')
  return rows[0]!.n
}
