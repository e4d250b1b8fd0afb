// The process-wide live feed: what Redis says is read once and handed to each console that may see it.
import { setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { IncidentAct, LoggedIncident } from '../../model/incident.ts'
import type { Gauge, Histogram, Meter } from '../../model/observe.ts'
import { listIncidents } from '../../store/list-incidents.ts'
import { rulesVersion } from '../../store/load-plans.ts'
import type { Pool } from '../../store/open-pool.ts'
import { isStoreAway } from '../../store/retry.ts'
import { asOfficer } from '../../store/transaction.ts'
import { parseId } from '../../stream/positions.ts'
import { withDeadline } from '../deadline.ts'
import { Refusal } from '../refusal.ts'
import type { Sessions } from '../sessions.ts'
import { catchUp } from './catch-up.ts'
import { type Admission, type ByeReason, LiveConnection } from './connection.ts'
import { decodeCursor } from './cursor.ts'
import { type FeedParts, LiveFeed, type LogName } from './feed.ts'
import { LivePositions } from './live-positions.ts'
import { Pacer } from './pacer.ts'
import { RecentIncidents } from './recent.ts'
import { loadScope, type Scope } from './scope.ts'

export type HubParts = FeedParts & { apiPool: Pool; sessions: Sessions; meter: Meter }

/** With more new wearers than this in a roster, a console loads everything anew. */
const ADDED_TOLD_MAX = 50

export class LiveHub {
  readonly recent: RecentIncidents
  readonly #parts: HubParts
  readonly #feed: LiveFeed
  readonly #positions: LivePositions<LiveConnection>
  readonly #connections = new Set<LiveConnection>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #pacer: Pacer
  #flushing: NodeJS.Timeout | undefined
  readonly #incidentSeconds: Histogram
  readonly #connected: Gauge
  #changes = 0
  readonly #dirtyOfficers = new Set<string>()
  #settling: NodeJS.Timeout | undefined
  readonly #running = new Map<string, Promise<void>>()
  #liveMs = 0
  #databaseAway = false
  #toldFull = false
  #closed = false

  constructor(parts: HubParts) {
    this.#parts = parts
    this.recent = new RecentIncidents(parts.limits.recentIncidentsMax)
    this.#positions = new LivePositions(parts.limits.positionsMax)
    this.#pacer = new Pacer(parts.limits.positions)
    this.#feed = new LiveFeed(parts, {
      onIncident: (shard, entryId, incident) => this.#onIncident(shard, entryId, incident),
      onAct: (entryId, act) => this.#onAct(entryId, act),
      onPositions: (message, snapshot) => this.#onPositions(message, snapshot),
      onGap: (log) => this.#onGap(log),
    })
    this.#incidentSeconds = parts.meter.histogram(
      'gelang_live_incident_seconds',
      'Time from the incident log to the consoles',
      [0.005, 0.02, 0.05, 0.1, 0.3, 1, 5],
    )
    this.#connected = parts.meter.gauge('gelang_live_connections', 'Consoles on the live feed')
  }

  /** Resolves when the live feed is being read, or after `waitMs`: it goes on trying. */
  async start(waitMs: number): Promise<void> {
    const { limits } = this.#parts
    this.#feed.start()
    this.#every(limits.statusEveryMs, () => this.#tellStatus())
    this.#every(limits.pingEveryMs, () => this.#ping())
    this.#every(limits.checkEveryMs, () => this.#alone('check', () => this.#checkAll()))
    const waiting = new AbortController()
    await Promise.race([this.#feed.started, delay(waitMs, undefined, { signal: waiting.signal })])
    waiting.abort()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#settling)
    clearTimeout(this.#flushing)
    for (const connection of this.#connections) connection.comeBack('the server is going down')
    await this.#feed.close()
    await Promise.all(this.#running.values())
  }

  /** What is missing for the console to be of use; the live feed goes on without the database. */
  async notReady(): Promise<string[]> {
    await this.#probeDatabase()
    return [...(this.#feed.away ? ['Redis is away'] : []), ...(this.#databaseAway ? ['the database is away'] : [])]
  }

  /** Who is to be let in, and from where on. Throws a Refusal. */
  async admit(credentials: Headers, cursorText: string | undefined): Promise<Admission> {
    const { sessions, apiPool, shardCount, limits, clock } = this.#parts
    const { cookies: _, ...signedIn } = await sessions.signedIn(credentials, false)
    if (this.#closed || this.#feed.away) throw new Refusal(503, 'redis_away', 'there is no live data now')
    const { officerId } = signedIn.officer
    const own = [...this.#connections].filter((other) => other.signedIn.officer.officerId === officerId)
    if (own.length >= limits.connectionsPerOfficerMax || this.#connections.size >= limits.connectionsMax)
      throw new Refusal(429, 'too_many_connections', 'too many live feeds are open')
    const changes = this.#changes
    const scope = await loadScope(apiPool, officerId, clock())
    const known = { signedIn, scope, credentials, changes }
    const cursor = cursorText === undefined ? undefined : decodeCursor(cursorText, shardCount, scope.membersKey)
    if (cursor !== undefined && (await this.#feed.canResume(cursor))) return { ...known, cursor, resumed: true }
    return { ...known, cursor: await this.#feed.unrecorded(), resumed: false }
  }

  /** Takes in an admitted console; resolves when it has been told all that it missed. */
  async join(socket: WebSocket, admission: Admission): Promise<void> {
    const { scope, resumed } = admission
    const { limits, clock } = this.#parts
    const connection = new LiveConnection(socket, admission, limits, (incidentId) => this.recent.acts(incidentId))
    this.#connections.add(connection)
    this.#connected.set(this.#connections.size)
    socket.on('close', () => this.#leave(connection))
    socket.on('pong', () => connection.answered())
    connection.send({ t: 'hello', serverMs: clock(), resumed, cursor: connection.cursorText })
    connection.sendText(scope.rosterText)
    this.#watchPositions(connection, scope.positionsOf)
    this.#sendStatus(connection)
    if (admission.changes !== this.#changes) this.rulesChanged(admission.signedIn.officer.officerId)
    await this.#catchUp(connection)
  }

  /** The feeds of a session that has ended. */
  endSession(sessionId: string, reason: ByeReason): void {
    for (const connection of this.#connections) if (connection.signedIn.session.id === sessionId) connection.bye(reason)
  }

  /** Scopes may have changed: of one officer, or of all. They are looked at together a moment later. */
  rulesChanged(officerId?: string): void {
    this.#changes++
    for (const { signedIn } of this.#connections)
      if (officerId === undefined || signedIn.officer.officerId === officerId)
        this.#dirtyOfficers.add(signedIn.officer.officerId)
    if (this.#settling !== undefined || this.#closed) return
    this.#settling = setTimeout(() => {
      this.#settling = undefined
      this.#alone('scopes', () => this.#refreshScopes())
    }, this.#parts.limits.rulesSettleMs)
  }

  /** Tells a console what it missed of every log that it has not joined, as fast as it takes it. */
  async #catchUp(connection: LiveConnection): Promise<void> {
    if (connection.catchingUp) return
    connection.catchingUp = true
    try {
      for (let log = this.#firstMissed(connection); log !== undefined; log = this.#firstMissed(connection)) {
        await connection.drained()
        if (!(await this.#catchUpWith(connection, log))) return connection.comeBack('what was missed is gone')
      }
    } finally {
      connection.catchingUp = false
    }
  }

  #firstMissed(connection: LiveConnection): LogName | undefined {
    if (!connection.open) return undefined
    for (let shard = 0; shard < this.#parts.shardCount; shard++) if (!connection.joined.has(shard)) return shard
    return connection.joined.has('acts') ? undefined : 'acts'
  }

  #catchUpWith(connection: LiveConnection, name: LogName): Promise<boolean> {
    const { limits, log } = this.#parts
    const shared = {
      name,
      page: limits.replayPage,
      retryMs: limits.retryMs,
      hubPosition: () => this.#feed.position(name),
      onFailure: (error: Error) =>
        log.warn({ reason: error.message }, 'what a console missed cannot be read; trying again'),
    }
    if (name === 'acts')
      return catchUp(connection, {
        ...shared,
        read: (afterId) => this.#feed.actsAfter(afterId),
        standing: () => connection.cursor.acts,
        tell: ({ id, what }) => connection.takeAct(id, what),
      })
    return catchUp(connection, {
      ...shared,
      read: (afterId) => this.#feed.incidentsAfter(name, afterId),
      standing: () => connection.cursor.incidents[name] as string,
      tell: ({ id, what }) => connection.takeIncident(name, id, what),
    })
  }

  /** Ready for the next entry of a log; one that is not is told it from the log later. */
  #keepsUp(connection: LiveConnection, log: LogName): boolean {
    if (!connection.joined.has(log)) return false
    if (!connection.behind) return true
    connection.joined.delete(log)
    this.#catchUp(connection).catch((error: Error) => {
      this.#parts.log.error({ error: error.stack ?? error.message }, 'a console was cut off')
      connection.comeBack('something went wrong')
    })
    return false
  }

  #leave(connection: LiveConnection): void {
    this.#connections.delete(connection)
    this.#connected.set(this.#connections.size)
    for (const wearerId of connection.scope.positionsOf) this.#positions.unwatch(connection, wearerId)
  }

  #onIncident(shard: number, entryId: string, incident: LoggedIncident): void {
    this.recent.addIncident(incident)
    const nowMs = this.#parts.clock()
    this.#liveMs = Math.max(this.#liveMs, parseId(entryId)[0])
    let told = false
    for (const connection of this.#connections)
      if (this.#keepsUp(connection, shard) && connection.takeIncident(shard, entryId, incident)) told = true
    if (told) this.#incidentSeconds.observe(Math.max(0, nowMs - parseId(entryId)[0]) / 1000)
  }

  #onAct(entryId: string, act: IncidentAct): void {
    this.recent.addAct(act)
    for (const connection of this.#connections) if (this.#keepsUp(connection, 'acts')) connection.takeAct(entryId, act)
  }

  #onPositions(message: Uint8Array, snapshot: boolean): void {
    const newestMs = this.#positions.take(message, snapshot, (wearerId, watchers) => {
      for (const watcher of watchers) watcher.waiting.add(wearerId)
      this.#flushSoon()
    })
    if (this.#positions.full && !this.#toldFull) {
      this.#toldFull = true
      this.#parts.log.error({ max: this.#parts.limits.positionsMax }, 'positions of further wearers are not shown live')
    }
    this.#liveMs = Math.max(this.#liveMs, snapshot ? newestMs : this.#parts.clock())
  }

  #onGap(log: LogName): void {
    for (const connection of this.#connections)
      if (connection.joined.has(log)) connection.comeBack('what was missed is gone')
  }

  #flushSoon(): void {
    if (this.#closed) return
    this.#flushing ??= setTimeout(() => {
      const beganMs = performance.now()
      const slow = this.#flushPositions()
      this.#pacer.did(beganMs, performance.now())
      this.#flushing = undefined
      if (slow) this.#flushSoon()
    }, this.#pacer.waitMs(performance.now()))
  }

  /** True when a socket is too slow to be told now. */
  #flushPositions(): boolean {
    const { positionsWaitBytes } = this.#parts.limits
    let slow = false
    for (const connection of this.#connections) {
      if (connection.waiting.size === 0) continue
      if (connection.socket.bufferedAmount > positionsWaitBytes) slow = true
      else {
        connection.sendText(this.#positions.message(connection.waiting))
        connection.waiting.clear()
      }
    }
    return slow
  }

  #watchPositions(connection: LiveConnection, wearerIds: Iterable<number>): void {
    for (const wearerId of wearerIds) {
      this.#positions.watch(connection, wearerId)
      if (this.#positions.has(wearerId)) connection.waiting.add(wearerId)
    }
    if (connection.waiting.size > 0) this.#flushSoon()
  }

  #tellStatus(): void {
    this.#alone('probe', () => this.#probeDatabase())
    for (const connection of this.#connections) this.#sendStatus(connection)
  }

  #sendStatus(connection: LiveConnection): void {
    connection.send({
      t: 'status',
      serverMs: this.#parts.clock(),
      liveMs: this.#liveMs,
      redis: this.#feed.away ? 'away' : 'ok',
      database: this.#databaseAway ? 'away' : 'ok',
    })
  }

  async #probeDatabase(): Promise<void> {
    const { apiPool, limits, log } = this.#parts
    try {
      await withDeadline(rulesVersion(apiPool), limits.databaseProbeMs)
      if (this.#databaseAway) log.info({}, 'the database is back')
      this.#databaseAway = false
    } catch (error) {
      // Whatever it is, the consoles are told that history is not to be had.
      if (!this.#databaseAway)
        log.warn({ reason: (error as Error).message }, 'the database is away; the live feed goes on')
      this.#databaseAway = true
    }
  }

  #ping(): void {
    for (const connection of this.#connections) connection.ping()
  }

  /** Sessions that have ended, officers who have left, and what time alone has changed. */
  async #checkAll(): Promise<void> {
    for (const connection of [...this.#connections]) {
      // While the database is away those who are in stay in: an alert is worth more than a session's last hour.
      if (!(await this.#databaseAnswers(() => this.#checkSession(connection)))) return
    }
    this.rulesChanged()
  }

  async #checkSession(connection: LiveConnection): Promise<void> {
    try {
      const { cookies: _, ...signedIn } = await this.#parts.sessions.signedIn(connection.credentials, false)
      connection.signedIn = signedIn
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 503) throw error
      connection.bye(connection.signedIn.session.expiresMs <= this.#parts.clock() ? 'expired' : 'signed_out')
    }
  }

  async #refreshScopes(): Promise<void> {
    const { apiPool, clock } = this.#parts
    for (const officerId of this.#dirtyOfficers) {
      this.#dirtyOfficers.delete(officerId)
      const connections = [...this.#connections].filter(({ signedIn }) => signedIn.officer.officerId === officerId)
      const known = connections[0]?.scope
      if (known === undefined) continue
      const answered = await this.#databaseAnswers(async () => {
        const scope = await loadScope(apiPool, officerId, clock(), known)
        for (const connection of connections) await this.#changeScope(connection, scope)
      })
      if (!answered) return
    }
  }

  async #changeScope(connection: LiveConnection, scope: Scope): Promise<void> {
    if (!this.#connections.has(connection)) return
    const before = connection.scope
    const added = [...scope.wearers.values()].filter(
      ({ n }) => !before.wearers.has(n) || (scope.placesOf.has(n) && !before.placesOf.has(n)),
    )
    connection.scope = { ...scope, membersKey: before.membersKey }
    for (const wearerId of before.positionsOf)
      if (!scope.positionsOf.has(wearerId)) {
        this.#positions.unwatch(connection, wearerId)
        connection.waiting.delete(wearerId)
      }
    this.#watchPositions(
      connection,
      [...scope.positionsOf].filter((wearerId) => !before.positionsOf.has(wearerId)),
    )
    if (scope.rosterText !== before.rosterText) connection.sendText(scope.rosterText)
    if ([...scope.units.keys()].some((path) => !before.units.has(path)))
      return connection.comeBack('there are new units to be seen')
    if (added.length > ADDED_TOLD_MAX) return connection.comeBack('there are many new wearers to be seen')
    // What the newly seen wearers had before, or where it was; only then may a cursor say that this roster has been told.
    for (const { id } of added) {
      const { officerId } = connection.signedIn.officer
      const page = { state: 'open', limit: 100, wearerId: id } as const
      const { incidents } = await asOfficer(this.#parts.apiPool, officerId, (client) => listIncidents(client, page))
      for (const incident of incidents) connection.tellView(incident)
    }
    for (const incident of this.recent.ofWearers(new Set(added.map(({ n }) => n)))) connection.tellIncident(incident)
    connection.scope = scope
  }

  /** False where the database did not; the next check comes soon enough. */
  async #databaseAnswers(work: () => Promise<void>): Promise<boolean> {
    try {
      await withDeadline(work(), this.#parts.limits.databaseWaitMs)
      return true
    } catch (error) {
      if (!isStoreAway(error) && !(error instanceof Refusal)) throw error
      return false
    }
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms))
  }

  /** Not twice at once, and awaited by `close`. */
  #alone(name: string, work: () => Promise<void>): void {
    if (this.#closed || this.#running.has(name)) return
    this.#running.set(
      name,
      work()
        .catch((error: Error) =>
          this.#parts.log.error({ work: name, error: error.stack ?? error.message }, 'the live feed failed at a check'),
        )
        .finally(() => this.#running.delete(name)),
    )
  }
}
