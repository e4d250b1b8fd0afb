import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { IncidentView, LiveMessage } from '../../model/console/console.ts'
import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import { compareIds, parseId } from '../../stream/logs/positions.ts'
import type { SignedIn } from '../sign-in/sessions.ts'
import { type Cursor, encodeCursor } from './cursor.ts'
import type { LogName } from './feed.ts'
import type { LiveLimits } from './limits.ts'
import type { RecentIncidents } from './recent.ts'
import type { Scope } from './scope.ts'

/** What a console is given when it connects; made before the upgrade, so that a refusal is an HTTP answer. */
export type Admission = {
  signedIn: SignedIn
  /** The request's cookie, to ask again whose it is. */
  credentials: Headers
  scope: Scope
  cursor: Cursor
  /** Everything after the console's own cursor can be sent. */
  resumed: boolean
  /** How many changes of scopes had been announced when `scope` was read. */
  changes: number
}

export type ByeReason = Extract<LiveMessage, { t: 'bye' }>['reason']
const BYE_CODE = { signed_out: 4001, expired: 4001, too_slow: 4008 } as const
/** The console reconnects with its cursor: service restart (RFC 6455 registry). */
const RECONNECT = 1012
const DRAIN_LOOK_MS = 20
/** A timer longer than this fires at once. One that fires early finds the session still valid and is set again. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** What is known of an incident beside its revision. */
type History = Pick<RecentIncidents, 'acts' | 'standing'>

/** One console: what it may see, how far it has been sent, and the only place that writes to its socket. */
export class LiveConnection {
  readonly socket: WebSocket
  readonly credentials: Headers
  /** Everything up to here has been sent, or was not in sight. */
  readonly cursor: Cursor
  /** Logs whose entries come straight from the hub; the others are still being read from Redis. */
  readonly joined = new Set<LogName>()
  /** Wearers whose newest position has not been sent. */
  readonly waiting = new Set<number>()
  signedIn: SignedIn
  scope: Scope
  /** What was missed is being read from the logs. */
  catchingUp = false
  #answered = true
  #ending: NodeJS.Timeout | undefined
  #unsentAtPing = 0
  readonly #limits: LiveLimits
  readonly #recent: History

  constructor(socket: WebSocket, admission: Admission, limits: LiveLimits, recent: History) {
    this.socket = socket
    this.credentials = admission.credentials
    this.cursor = admission.cursor
    this.signedIn = admission.signedIn
    this.scope = admission.scope
    this.#limits = limits
    this.#recent = recent
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN
  }

  get cursorText(): string {
    return encodeCursor(this.cursor, this.scope.membersKey)
  }

  /** Calls `onEnd` once, when the session's time is over; the last call counts. One that is over already is looked at by the regular checks. */
  setEnd(inMs: number, onEnd: () => void): void {
    clearTimeout(this.#ending)
    if (inMs >= 0) this.#ending = setTimeout(onEnd, Math.min(Math.ceil(inMs) + 1, TIMER_MS_MAX))
  }

  left(): void {
    clearTimeout(this.#ending)
  }

  send(message: LiveMessage): void {
    this.sendText(JSON.stringify(message))
  }

  sendText(text: string): void {
    if (this.open) this.socket.send(text)
  }

  /** So much is unsent that what comes next had better be read from the logs when it is wanted. */
  get behind(): boolean {
    return this.socket.bufferedAmount > this.#limits.unsentBytesMax
  }

  answered(): void {
    this.#answered = true
  }

  /** Asks for a sign of life; ends a socket that gave none since the last time and took nothing either. */
  ping(): void {
    const unsent = this.socket.bufferedAmount
    if (!this.#answered && unsent >= this.#unsentAtPing) this.socket.terminate()
    else {
      this.#answered = false
      this.#unsentAtPing = unsent
      this.socket.ping()
    }
  }

  /** A revision from the log, live or read again; nothing is sent twice. True when it was sent. */
  takeIncident(shard: number, entryId: string, incident: LoggedIncident): boolean {
    if (compareIds(entryId, this.cursor.incidents[shard] as string) <= 0) return false
    this.cursor.incidents[shard] = entryId
    return this.sendIncident(incident, parseId(entryId)[0])
  }

  takeAct(entryId: string, act: IncidentAct): boolean {
    if (compareIds(entryId, this.cursor.acts) <= 0) return false
    this.cursor.acts = entryId
    if (!this.#sees(act)) return false
    this.send({ t: 'act', cursor: this.cursorText, act })
    return true
  }

  /** `knownMs`: when the revision could be known. */
  sendIncident(incident: LoggedIncident, knownMs: number): boolean {
    const standing = this.#recent.standing(incident, knownMs)
    if (incident.unitPath !== undefined) {
      const name = this.scope.units.get(incident.unitPath)
      if (name === undefined) return false
      this.sendView({
        ...incident,
        standing,
        unit: { path: incident.unitPath, name },
        acts: this.#recent.acts(incident),
      })
      return true
    }
    const wearer = this.scope.wearers.get(incident.wearerId)
    if (wearer === undefined) return false
    const { id, n, name, unitPath } = wearer
    const conditionName =
      incident.conditionId === undefined ? undefined : this.scope.conditionNames.get(incident.conditionId)
    this.sendView({
      ...incident,
      standing,
      wearer: { id, n, name, unitPath },
      ...(conditionName === undefined ? {} : { conditionName }),
      acts: this.#recent.acts(incident),
    })
    return true
  }

  #sees({ wearerId, unitPath }: IncidentAct): boolean {
    if (unitPath !== undefined) return this.scope.units.has(unitPath)
    return wearerId !== undefined && this.scope.wearers.has(wearerId)
  }

  sendView(incident: IncidentView): void {
    this.send({ t: 'incident', cursor: this.cursorText, incident })
  }

  /** Resolves when little enough is unsent to go on with what was missed; cuts off a socket that takes nothing for long. */
  async drained(): Promise<void> {
    const { positionsWaitBytes, drainMs } = this.#limits
    let least = this.socket.bufferedAmount
    for (let stuckMs = 0; this.open && least > positionsWaitBytes; stuckMs += DRAIN_LOOK_MS) {
      if (stuckMs >= drainMs) return this.bye('too_slow')
      await delay(DRAIN_LOOK_MS)
      if (this.socket.bufferedAmount >= least) continue
      least = this.socket.bufferedAmount
      stuckMs = 0
    }
  }

  bye(reason: ByeReason): void {
    if (!this.open) return
    this.socket.send(JSON.stringify({ t: 'bye', reason } satisfies LiveMessage))
    this.#close(BYE_CODE[reason], reason)
  }

  /** Reconnect request: the console connects again and is sent anew what can be sent. */
  requestReconnect(reason: string): void {
    if (this.open) this.#close(RECONNECT, reason)
  }

  #close(code: number, reason: string): void {
    this.socket.close(code, reason)
    setTimeout(() => this.socket.terminate(), this.#limits.closingMs).unref()
  }
}
