import type { Clock, Log } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listIncidents } from '../../store/incidents/list-incidents.ts'
import { withDeadline } from '../answer/deadline.ts'
import type { OpenedMaps } from '../answer/opened-maps.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Sessions } from '../sign-in/sessions.ts'
import type { LiveConnection } from './connection.ts'
import type { LiveLimits } from './limits.ts'
import type { NowAndThen } from './now-and-then.ts'
import type { RecentIncidents } from './recent.ts'
import { loadScope, type Scope } from './scope.ts'
import type { PositionSender } from './send-positions.ts'
import type { StatusSender } from './send-status.ts'

export type ScopeParts = {
  apiPool: Pool
  sessions: Sessions
  maps: OpenedMaps
  limits: LiveLimits
  clock: Clock
  log: Log
}

type Beside = { positions: PositionSender; recent: RecentIncidents; nowAndThen: NowAndThen; status: StatusSender }

/** With more new wearers than this in a roster, a console loads everything anew. */
const ADDED_SENT_MAX = 50

/** Keeps what each console may see in step with the rules, and ends it with its session. */
export class ScopeKeeper {
  readonly #parts: ScopeParts
  readonly #connections: ReadonlySet<LiveConnection>
  readonly #beside: Beside
  readonly #dirtyOfficers = new Set<string>()
  #changes = 0
  #debounce: NodeJS.Timeout | undefined
  #stopped = false

  constructor(parts: ScopeParts, connections: ReadonlySet<LiveConnection>, beside: Beside) {
    this.#parts = parts
    this.#connections = connections
    this.#beside = beside
  }

  /** How many changes have been announced. */
  get changes(): number {
    return this.#changes
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#debounce)
  }

  /** Scopes may have changed: of one officer, or of all. They are looked at together a moment later. */
  changed(officerId?: string): void {
    this.#changes++
    for (const { signedIn } of this.#connections)
      if (officerId === undefined || signedIn.officer.officerId === officerId)
        this.#dirtyOfficers.add(signedIn.officer.officerId)
    if (this.#debounce !== undefined || this.#stopped) return
    this.#debounce = setTimeout(() => {
      this.#debounce = undefined
      this.#beside.nowAndThen.alone('scopes', () => this.#refresh())
    }, this.#parts.limits.rulesDebounceMs)
  }

  /** Sessions that have ended, officers who have left, and what time alone has changed. */
  async checkAll(): Promise<void> {
    for (const connection of [...this.#connections]) {
      // While the database is away those who are in stay in: an alert is worth more than a session's last hour.
      if (!(await this.#databaseAnswers(() => this.#checkSession(connection)))) return
    }
    this.changed()
  }

  /** One session: it may have ended this moment. Gives the feeds of it that go on. While the database is away, open feeds stay open. */
  async checkSession(sessionId: string): Promise<LiveConnection[]> {
    const own = [...this.#connections].filter(({ signedIn }) => signedIn.session.id === sessionId)
    for (const connection of own) await this.#databaseAnswers(() => this.#checkSession(connection))
    return own.filter(({ open }) => open)
  }

  async #checkSession(connection: LiveConnection): Promise<void> {
    try {
      connection.signedIn = await this.#parts.sessions.signedIn(connection.credentials)
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 503) throw error
      connection.bye(connection.signedIn.session.expiresMs <= this.#parts.clock() ? 'expired' : 'signed_out')
    }
  }

  async #refresh(): Promise<void> {
    const { apiPool, clock } = this.#parts
    for (const officerId of this.#dirtyOfficers) {
      this.#dirtyOfficers.delete(officerId)
      const connections = [...this.#connections].filter(({ signedIn }) => signedIn.officer.officerId === officerId)
      const known = connections[0]?.scope
      if (known === undefined) continue
      const answered = await this.#databaseAnswers(async () => {
        const scope = await loadScope(apiPool, officerId, clock(), known)
        for (const connection of connections) await this.#change(connection, scope)
      })
      if (!answered) return
    }
  }

  async #change(connection: LiveConnection, scope: Scope): Promise<void> {
    if (!this.#connections.has(connection)) return
    const { positions, recent, status } = this.#beside
    const before = connection.scope
    const added = [...scope.wearers.values()].filter(({ n }) => !before.wearers.has(n))
    connection.scope = { ...scope, membersKey: before.membersKey }
    const only = (of: Scope, notOf: Scope) => [...of.positionsOf].filter((n) => !notOf.positionsOf.has(n))
    positions.unwatch(connection, only(before, scope))
    positions.watch(connection, only(scope, before))
    if (scope.rosterText !== before.rosterText) connection.sendText(scope.rosterText)
    if (scope.rulesKey !== before.rulesKey) status.send(connection)
    if ([...scope.units.keys()].some((path) => !before.units.has(path)))
      return connection.requestReconnect('there are new units to be seen')
    if (added.length > ADDED_SENT_MAX) return connection.requestReconnect('there are many new wearers to be seen')
    // What the newly seen wearers had before; only then may a cursor say that this roster has been sent.
    for (const { id } of added) {
      const { officerId } = connection.signedIn.officer
      const page = { state: 'open', limit: 100, wearerId: id } as const
      const { incidents } = await asOfficer(this.#parts.apiPool, officerId, (client) => listIncidents(client, page))
      for (const incident of incidents) connection.sendView(incident)
    }
    for (const incident of recent.ofWearers(new Set(added.map(({ n }) => n))))
      connection.sendIncident(incident, this.#parts.clock())
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
}
