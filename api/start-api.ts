// The api role: one HTTP server for the console, its REST interface and the live feed.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { MapSettings } from '../model/console/console.ts'
import type { Clock, Log, Meter } from '../model/observe.ts'
import { listen as listenToDatabase } from '../store/database/listen.ts'
import type { Pool } from '../store/database/open-pool.ts'
import { readOfficerByAuthUser } from '../store/people/read-officer.ts'
import { rulesChannel } from '../store/rules/listen-rules.ts'
import { readBench, wantBench } from '../stream/logs/bench.ts'
import { askForTest } from '../stream/logs/notice-tests.ts'
import { readNotices } from '../stream/logs/notices.ts'
import { readRecipients } from '../stream/logs/notified.ts'
import type { Conceal } from '../stream/redis/conceal.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import { OpenedMaps } from './answer/opened-maps.ts'
import { originsOf } from './answer/protect.ts'
import { ReadingWatch } from './answer/reading-watch.ts'
import { Refused } from './answer/refused.ts'
import { createApp } from './app.ts'
import { acceptLive } from './live/accept.ts'
import { LiveHub } from './live/hub.ts'
import { LIVE, type LiveLimits } from './live/limits.ts'
import { ActPublisher } from './publish-acts.ts'
import type { Health } from './routes/parts.ts'
import { createAuth } from './sign-in/auth.ts'
import { clientAddressReader, type ProxySettings } from './sign-in/client-address.ts'
import { KnownDevices } from './sign-in/known-device.ts'
import { SESSION_HOURS, SESSION_HOURS_MAX } from './sign-in/session-hours.ts'
import { Sessions } from './sign-in/sessions.ts'
import { SignInLimits } from './sign-in/sign-in-limits.ts'

const HEADERS_MS_MAX = 10_000
const REQUEST_MS_MAX = 60_000
const SOCKETS_MAX = 5000
/** Requests under way have this long to finish when we go down. */
const CLOSING_MS_MAX = 5000
/** Long enough for a Redis that is there; without one we come up and say so. */
const REDIS_WAIT_MS = 3000

export type ApiOptions = {
  host: string
  /** 0: any free one. */
  port: number
  /** Where browsers find it; without one, http at the address it listens on. */
  baseUrl?: string
  /** Further origins under which the console is opened. */
  allowedOrigins?: readonly string[]
  /** Whose word about a client's address is believed; absent: nobody's. */
  proxies?: ProxySettings
  /** At least 32 random characters, the same for all api processes. */
  authSecret: string
  /** Role gelang_api. One of its connections listens for changed rules all the time. */
  apiPool: Pool
  /** Role gelang_auth. */
  authPool: Pool
  redis: RedisClient
  keys: Keys
  shardCount: number
  staticFolder?: string
  /** Encrypts the addresses of recipients (`concealWith`); absent: none can be entered. */
  conceal?: Conceal
  mapSettings?: MapSettings
  metrics?: Health['metrics']
  limits?: Partial<LiveLimits>
  clock: Clock
  log: Log
  meter: Meter
}

export type RunningApi = {
  port: number
  baseUrl: string
  /** Why it cannot do all of its work now; empty when it can. */
  notReady(): Promise<string[]>
  /** What those who run it should know although it does its work. */
  warning(): string | undefined
  /** Says goodbye to the consoles, lets requests under way finish, then closes. The pools and Redis stay the caller's. */
  close(): Promise<void>
}

/** Starts to listen; comes up whether or not Redis and the database are there. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { host, apiPool, authPool, redis, keys, shardCount, clock, log, meter } = options
  const limits = { ...LIVE, ...options.limits }
  // The address is known only after listening, and everything below needs it.
  let serve: ((request: Request, env: object) => Response | Promise<Response>) | undefined
  const server = createAdaptorServer({
    fetch: (request, env) => serve?.(request, env) ?? new Response('starting\n', { status: 503 }),
    overrideGlobalObjects: false,
    serverOptions: { headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX },
  }) as Server
  server.maxConnections = SOCKETS_MAX
  const port = await listen(server, options.port, host)
  const baseUrl = options.baseUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const origins = originsOf(baseUrl, options.allowedOrigins ?? [])

  const auth = createAuth({
    pool: authPool,
    baseUrl,
    allowedOrigins: [...origins],
    secret: options.authSecret,
    log,
    sessionHours: async (userId) => {
      const officer = await readOfficerByAuthUser(apiPool, userId)
      return officer === undefined ? SESSION_HOURS_MAX : SESSION_HOURS[officer.role]
    },
  })
  const sessions = new Sessions(auth, apiPool)
  const watch = new ReadingWatch({ meter, log, clock })
  const maps = new OpenedMaps()
  const hub = new LiveHub({ redis, keys, shardCount, limits, clock, log, meter, apiPool, sessions, maps })
  const acts = new ActPublisher({ redis, keys, pool: apiPool, limits, log })
  const app = createApp({
    baseUrl,
    origins,
    auth,
    sessions,
    apiPool,
    authPool,
    hub,
    publishAct: (act, type) => acts.publish(act, type),
    recipients: () => readRecipients(redis, keys),
    noticesOf: (incidentId) => readNotices(redis, keys, incidentId),
    askForTest: (test) => askForTest(redis, keys, test),
    ...(options.conceal && { conceal: options.conceal }),
    bench: {
      want: (braceletId) => wantBench(redis, keys, braceletId),
      read: (braceletId) => readBench(redis, keys, braceletId),
    },
    mapSettings: options.mapSettings ?? {},
    health: { notReady: () => hub.notReady(), ...(options.metrics && { metrics: options.metrics }) },
    ...(options.staticFolder !== undefined && { staticFolder: options.staticFolder }),
    watch,
    maps,
    refused: new Refused({ apiPool, log, clock, meter }),
    signInLimits: new SignInLimits(authPool, options.authSecret),
    devices: new KnownDevices(options.authSecret, baseUrl.startsWith('https:')),
    clientAddress: clientAddressReader(options.proxies ?? { trusted: [], header: 'x-forwarded-for' }),
    clock,
    log,
    meter,
  })
  const sockets = acceptLive(server, hub, { origins, limits, log })
  await hub.start(REDIS_WAIT_MS)
  const rules = rulesChannel(() => hub.rulesChanged())
  const channels = { ...rules.channels, gelang_sessions: (sessionId: string) => hub.sessionChanged(sessionId) }
  const onConnected = () => {
    rules.onConnected()
    hub.checkSessions()
  }
  const stopListening = await listenToDatabase(apiPool, { channels, onConnected }, log)
  serve = (request, env) => app.fetch(request, env)
  acts.start()
  log.info({ port, baseUrl }, 'the console can be opened')

  return {
    port,
    baseUrl,
    notReady: () => hub.notReady(),
    warning: () => watch.warning(),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await hub.close()
      sockets.close()
      await acts.close()
      server.closeIdleConnections()
      const cutting = setTimeout(() => server.closeAllConnections(), CLOSING_MS_MAX)
      await closed
      clearTimeout(cutting)
      await stopListening()
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
