// The process-wide live feed: what Redis says is read once and handed to each console that may see it.
import { setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import type { Gauge, Histogram, Meter } from '../../model/observe.ts'
import { parseId } from '../../stream/logs/positions.ts'
import { admit } from './admit.ts'
import { type Admission, type ByeReason, LiveConnection } from './connection.ts'
import { type FeedParts, LiveFeed, type LogName } from './feed.ts'
import { ScopeKeeper, type ScopeParts } from './keep-scopes.ts'
import { ActLoader } from './load-acts.ts'
import { NowAndThen } from './now-and-then.ts'
import { RecentIncidents } from './recent.ts'
import { MissedSender } from './send-missed.ts'
import { PositionSender } from './send-positions.ts'
import { StatusSender } from './send-status.ts'

type HubParts = FeedParts & ScopeParts & { meter: Meter }

export class LiveHub {
  readonly recent: RecentIncidents
  readonly #parts: HubParts
  readonly #connections = new Set<LiveConnection>()
  readonly #feed: LiveFeed
  readonly #positions: PositionSender
  readonly #missed: MissedSender
  readonly #status: StatusSender
  readonly #scopes: ScopeKeeper
  readonly #nowAndThen: NowAndThen
  readonly #incidentSeconds: Histogram
  readonly #connected: Gauge
  #closed = false

  constructor(parts: HubParts) {
    this.#parts = parts
    this.recent = new RecentIncidents(parts.limits.recentIncidentsMax)
    const acts = new ActLoader(parts, this.recent)
    this.#feed = new LiveFeed(parts, {
      beforeIncidents: (incidents) => acts.load(incidents),
      onIncident: (shard, entryId, incident) => this.#onIncident(shard, entryId, incident),
      onAct: (entryId, act) => this.#onAct(entryId, act),
      onPositions: (message, snapshot) => this.#onPositions(message, snapshot),
      onGap: (log) => this.#onGap(log),
    })
    this.#nowAndThen = new NowAndThen(parts.log)
    this.#positions = new PositionSender(parts.limits, parts.log, this.#connections)
    this.#missed = new MissedSender(parts, this.#feed)
    this.#status = new StatusSender(parts, this.#feed)
    this.#scopes = new ScopeKeeper(parts, this.#connections, {
      positions: this.#positions,
      recent: this.recent,
      nowAndThen: this.#nowAndThen,
      status: this.#status,
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
    const nowAndThen = this.#nowAndThen
    this.#feed.start()
    nowAndThen.every(limits.statusEveryMs, () => {
      nowAndThen.alone('probe', () => this.#status.probeDatabase())
      for (const connection of this.#connections) this.#status.send(connection)
    })
    nowAndThen.every(limits.pingEveryMs, () => {
      for (const connection of this.#connections) connection.ping()
    })
    nowAndThen.every(limits.checkEveryMs, () => this.checkSessions())
    const waiting = new AbortController()
    await Promise.race([this.#feed.started, delay(waitMs, undefined, { signal: waiting.signal })])
    waiting.abort()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const part of [this.#nowAndThen, this.#scopes, this.#positions]) part.stop()
    for (const connection of this.#connections) connection.requestReconnect('the server is going down')
    await this.#feed.close()
    await this.#nowAndThen.done()
  }

  /** What is missing for the console to be of use; the live feed goes on without the database. */
  async notReady(): Promise<string[]> {
    await this.#status.probeDatabase()
    return this.#status.missing()
  }

  /** Decides about a console's connection, and from where it reads on. Throws a Refusal. */
  admit(credentials: Headers, cursorText: string | undefined): Promise<Admission> {
    const around = {
      closed: () => this.#closed,
      feed: this.#feed,
      connections: this.#connections,
      changes: () => this.#scopes.changes,
    }
    return admit(this.#parts, around, credentials, cursorText)
  }

  /** Takes in an admitted console; resolves when it has been sent all that it missed. */
  async join(socket: WebSocket, admission: Admission): Promise<void> {
    const { scope, resumed } = admission
    const { limits, clock } = this.#parts
    const connection = new LiveConnection(socket, admission, limits, this.recent)
    this.#connections.add(connection)
    this.#connected.set(this.#connections.size)
    socket.on('close', () => this.#leave(connection))
    socket.on('pong', () => connection.answered())
    connection.send({ t: 'hello', serverMs: clock(), resumed, cursor: connection.cursorText })
    connection.sendText(scope.rosterText)
    this.#positions.watch(connection, scope.positionsOf)
    this.#status.send(connection)
    this.#endOnTime(connection)
    if (admission.changes !== this.#scopes.changes) this.rulesChanged(admission.signedIn.officer.officerId)
    await this.#missed.send(connection)
  }

  /** The feeds of a session that has ended. */
  endSession(sessionId: string, reason: ByeReason): void {
    for (const connection of this.#connections) if (connection.signedIn.session.id === sessionId) connection.bye(reason)
  }

  /** A session has ended or ends at another time, here or through another process. */
  sessionChanged(sessionId: string): void {
    this.#nowAndThen.alone(`session ${sessionId}`, async () => {
      for (const connection of await this.#scopes.checkSession(sessionId)) this.#endOnTime(connection)
    })
  }

  /** All of them: some may have ended unheard. */
  checkSessions(): void {
    this.#nowAndThen.alone('check', () => this.#scopes.checkAll())
  }

  /** Scopes may have changed: of one officer, or of all. */
  rulesChanged(officerId?: string): void {
    this.#scopes.changed(officerId)
  }

  #endOnTime(connection: LiveConnection): void {
    const { id, expiresMs } = connection.signedIn.session
    connection.setEnd(expiresMs - this.#parts.clock(), () => this.sessionChanged(id))
  }

  #leave(connection: LiveConnection): void {
    this.#connections.delete(connection)
    connection.left()
    this.#connected.set(this.#connections.size)
    this.#positions.unwatch(connection, connection.scope.positionsOf)
  }

  #onIncident(shard: number, entryId: string, incident: LoggedIncident): void {
    const nowMs = this.#parts.clock()
    const [loggedMs] = parseId(entryId)
    this.recent.addIncident(incident, loggedMs)
    this.#status.heard(loggedMs)
    let sent = false
    for (const connection of this.#connections)
      if (this.#missed.keepsUp(connection, shard) && connection.takeIncident(shard, entryId, incident)) sent = true
    if (sent) this.#incidentSeconds.observe(Math.max(0, nowMs - loggedMs) / 1000)
  }

  #onAct(entryId: string, act: IncidentAct): void {
    this.recent.addAct(act)
    for (const connection of this.#connections)
      if (this.#missed.keepsUp(connection, 'acts')) connection.takeAct(entryId, act)
  }

  #onPositions(message: Uint8Array, snapshot: boolean): void {
    const newestMs = this.#positions.take(message, snapshot)
    this.#status.heard(snapshot ? newestMs : this.#parts.clock())
  }

  #onGap(log: LogName): void {
    if (log === 'acts') this.recent.missedActs()
    for (const connection of this.#connections)
      if (connection.joined.has(log)) connection.requestReconnect('what was missed is gone')
  }
}
