// What the application is made of and hands to every route.
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { MapSettings } from '../../model/console/console.ts'
import type { IncidentAct, IncidentType } from '../../model/incident/incident.ts'
import type { IncidentNotice } from '../../model/incident/timeline.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import type { BenchReport } from '../../model/report/bench-report.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import type { NoticeTest } from '../../stream/logs/notice-tests.ts'
import type { KnownRecipient } from '../../stream/logs/notified.ts'
import type { Conceal } from '../../stream/redis/conceal.ts'
import type { OpenedMaps } from '../answer/opened-maps.ts'
import type { ReadingWatch } from '../answer/reading-watch.ts'
import type { Refused } from '../answer/refused.ts'
import type { LiveHub } from '../live/hub.ts'
import type { Auth } from '../sign-in/auth.ts'
import type { KnownDevices } from '../sign-in/known-device.ts'
import type { OfficerEnv, Sessions } from '../sign-in/sessions.ts'
import type { SignInLimits } from '../sign-in/sign-in-limits.ts'

export type ApiApp = OpenAPIHono<OfficerEnv>

export type Health = {
  /** Resolves to what is wrong; nothing wrong: ready. */
  notReady(): Promise<string[]>
  /** The text of the metrics, in Prometheus' format. Absent: served elsewhere. */
  metrics?: () => Promise<{ contentType: string; text: string }>
}

export type ApiParts = {
  baseUrl: string
  origins: ReadonlySet<string>
  auth: Auth
  sessions: Sessions
  /** Pool of the role gelang_api. */
  apiPool: Pool
  /** Pool of the role gelang_auth. */
  authPool: Pool
  signInLimits: SignInLimits
  devices: KnownDevices
  watch: ReadingWatch
  maps: OpenedMaps
  refused: Refused
  /** From where a request comes. */
  clientAddress(c: Context): string
  hub: LiveHub
  /** Publishes an act to all consoles; never throws, tries again while Redis is away. */
  publishAct(act: IncidentAct, type: IncidentType | undefined): void
  /** Who is notified of alerts by now; throws while Redis is away. */
  recipients(): Promise<KnownRecipient[]>
  /** What was sent about an incident; throws while Redis is away. */
  noticesOf(incidentId: string): Promise<IncidentNotice[]>
  /** Asks notify for a test message; false where too many wait. Throws while Redis is away. */
  askForTest(test: NoticeTest): Promise<boolean>
  /** Encrypts the addresses of recipients; absent: none can be entered. */
  conceal?: Conceal
  bench: {
    /** Begins a bracelet's test, or goes on with it; throws while Redis is away. */
    want(braceletId: number): Promise<void>
    /** What it said meanwhile, newest first; throws while Redis is away. */
    read(braceletId: number): Promise<{ reports: BenchReport[]; forMs: number }>
  }
  mapSettings: MapSettings
  /** Where `vite build` put the console; absent: no console is served. */
  staticFolder?: string
  health: Health
  clock: Clock
  log: Log
  meter: Meter
}
