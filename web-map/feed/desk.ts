import { computed, type Signal, signal } from '@preact/signals'
import { mayDo } from '../../model/access/rights.ts'
import { OVERSIGHT_ROLES } from '../../model/access/roles.ts'
import type {
  IncidentView,
  LiveMessage,
  MapSettings,
  UnitView,
  WearerSummary,
  ZoneView,
} from '../../model/console/console.ts'
import { worstOpenOf } from '../../model/incident/queue-order.ts'
import { t } from '../i18n/language.ts'
import { type Api, failureWords } from '../session/request.ts'
import type { Session } from '../session/session.ts'
import { applyLive, setRoster } from './apply-live.ts'
import { DeskLoad } from './desk-load.ts'
import { type FeedLink, type FeedSocket, LiveFeed } from './feed.ts'
import { emptyLiveState } from './live-state.ts'
import { LiveVersions } from './live-versions.ts'
import { troublesOf } from './trouble.ts'
import { type Mark, markOf } from './worst-open.ts'

export type DeskAround = {
  api: Api
  openSocket(cursor: string | undefined): FeedSocket
  clock(): number
  random(): number
  after(delayMs: number, act: () => void): () => void
}

/** What the rooms above hear of. */
type DeskEvents = {
  /** Alerts that the officer has not seen yet. */
  onNews(alerts: readonly IncidentView[]): void
  /** Access to these wearers has ended. */
  onGone(gone: readonly WearerSummary[]): void
  onRulesChanged(): void
  /** The first positions of this officer are known. */
  onPlaced(): void
}

/** How long the feed may take to send hello and the roster before REST is asked. */
const HELLO_PATIENCE_MS = 2000
const ROSTER_PATIENCE_MS = 6000
/** Every console hears of changed rules at once; they ask for them over so long. */
const RULES_SPREAD_MS = 3000

/** What this desk knows of the world: the live feed and REST as one. */
export class Desk {
  live = emptyLiveState()
  readonly versions: LiveVersions
  readonly units: Signal<UnitView[]>
  readonly zones: Signal<ZoneView[]>
  readonly mapSettings: Signal<MapSettings>
  readonly loadProblem: Signal<string | undefined>
  /** Server time by this machine's clock and the offset that the feed sends. */
  readonly nowMs = signal(0)
  readonly link = signal<FeedLink>('idle')
  /** How often what comes over REST has come. */
  readonly loadCount = signal(0)
  /** Who sits here, once what the last one left is gone. */
  readonly seated = signal<string | undefined>(undefined)
  /** Klien whose file this officer has opened. */
  readonly opened = signal<ReadonlySet<string>>(new Set())
  #lastHeardMs = signal<number | undefined>(undefined)
  #awaySinceMs = signal<number | undefined>(undefined)
  #around: DeskAround
  #session: Session
  #events: DeskEvents
  #feed: LiveFeed
  #load: DeskLoad
  /** Since this officer signed in. */
  #askedToLoad = false
  #placed = true
  #rulesPending = false

  constructor(around: DeskAround, session: Session, events: DeskEvents) {
    this.#around = around
    this.#session = session
    this.#events = events
    this.nowMs.value = around.clock()
    this.versions = new LiveVersions(around.after)
    this.#load = new DeskLoad({
      api: around.api,
      live: () => this.live,
      onNews: (live, news) => live === this.live && events.onNews(news),
      onLoaded: () => {
        this.versions.roster.value++
        this.versions.incidents.value++
        this.loadCount.value++
      },
      onUnauthorized: () => session.expire(),
      may: (action) => session.me.value !== undefined && mayDo(session.me.value.role, action),
    })
    this.units = this.#load.units
    this.zones = this.#load.zones
    this.mapSettings = this.#load.mapSettings
    this.loadProblem = this.#load.problem
    this.#feed = new LiveFeed({
      openSocket: around.openSocket,
      random: around.random,
      after: around.after,
      onMessage: (message) => this.#take(message),
      onLink: (link) => this.#noteLink(link),
      onRefused: () => void session.check(),
    })
  }

  readonly troubles = computed(() => {
    this.versions.status.value
    const { status, wearers } = this.live
    const away = this.#awaySinceMs.value
    return troublesOf(this.link.value, away, this.#lastHeardMs.value, status, wearers.size, this.nowMs.value)
  })

  /** Nothing new comes to this screen, or to the server. */
  readonly isLost = computed(() => this.troubles.value.some((one) => one.kind === 'live' && one.cause !== 'quiet'))

  tick(): void {
    this.nowMs.value = this.#around.clock() + this.live.clockOffsetMs
  }

  timeZoneOf(unitPath: string): string {
    const holds = (unit: UnitView) => unitPath === unit.path || unitPath.startsWith(`${unit.path}.`)
    const units = this.units.value.filter(holds).sort((a, b) => b.path.length - a.path.length)
    return units[0]?.timeZone ?? this.officerTimeZone
  }

  get officerTimeZone(): string {
    return this.#session.me.value?.timeZone ?? 'Asia/Jakarta'
  }

  /** The worst open matter of each klien. */
  readonly worst = computed(() => {
    this.versions.incidents.value
    return worstOpenOf(this.live.incidents.values())
  })

  markOf(n: number, nowMs: number): Mark {
    return markOf(this.live.bracelets.get(n), this.worst.value.get(n), nowMs)
  }

  /** Places and names of this officer's klien are shown for a written reason only. */
  get hidesPersons(): boolean {
    const role = this.#session.me.value?.role
    return role !== undefined && OVERSIGHT_ROLES.has(role)
  }

  /** A klien's name; for officers who see figures first, a number until they have given a reason. */
  nameOf({ id, n, name }: Pick<WearerSummary, 'id' | 'n' | 'name'>): string {
    return this.hidesPersons && !this.opened.value.has(id) ? t('wearers.reference', { n }) : name
  }

  /** What of a klien a search on the screen looks through. */
  textOf(wearer: WearerSummary): string {
    return `${this.nameOf(wearer)} ${wearer.pkName} ${wearer.programme} ${this.unitName(wearer.unitPath)}`
  }

  /** Whose an incident is: the klien's, as this officer may read it, or a unit's. */
  ownerOf({ wearer, unit }: IncidentView): string {
    return wearer === undefined ? unit.name : this.nameOf(wearer)
  }

  unitName(unitPath: string): string {
    return this.units.value.find((unit) => unit.path === unitPath)?.name ?? unitPath
  }

  /** Loads anew what comes over REST. @param missed alerts that came while this screen was away are announced */
  load(missed = false): Promise<void> {
    this.#askedToLoad = true
    return this.#load.run({ parts: 'all', missed })
  }

  networkIsBack(): void {
    this.#feed.hurry()
  }

  /** Somebody has signed in: the same officer as before, or another one, after `forget`. */
  begin(sameOfficer: boolean): void {
    if (!sameOfficer) {
      this.#lastHeardMs.value = undefined
      this.#askedToLoad = false
      this.#placed = false
    }
    this.#feed.start()
    // What is listed before the feed has said hello has to be listed again: between the two an alert could be missed.
    if (sameOfficer) void this.load(true)
    else this.#around.after(HELLO_PATIENCE_MS, () => this.#loadWithoutFeed())
    this.#around.after(ROSTER_PATIENCE_MS, () => void this.#loadWearers())
    this.seated.value = this.#session.me.value?.officerId
  }

  pause(): void {
    this.#feed.stop()
  }

  forget(): void {
    this.seated.value = undefined
    this.live = emptyLiveState()
    this.opened.value = new Set()
    this.#load.forget()
    this.#feed.forgetCursor()
    this.versions.roster.value++
    this.versions.positionsChanged()
    this.versions.incidents.value++
  }

  #loadWithoutFeed(): void {
    if (!this.#askedToLoad && this.#session.phase.value === 'active') void this.load()
  }

  /** The feed sends the roster; while there is no feed the list of wearers comes over REST. */
  async #loadWearers(): Promise<void> {
    if (this.live.wearers.size > 0 || this.#session.phase.value !== 'active') return
    try {
      setRoster(this.live, await this.#around.api.wearers())
      this.versions.roster.value++
    } catch (failure) {
      this.loadProblem.value = failureWords(failure)
    }
  }

  /** Changed zones onto the map; who shows conditions hears of it. */
  #reloadRules(): void {
    if (this.#rulesPending) return
    this.#rulesPending = true
    this.#around.after(this.#around.random() * RULES_SPREAD_MS, () => {
      this.#rulesPending = false
      if (this.#session.phase.value !== 'active') return
      void this.#load.run({ parts: 'zones', missed: false })
      this.#events.onRulesChanged()
    })
  }

  #take(message: LiveMessage): void {
    const change = applyLive(this.live, message, this.#around.clock())
    this.#lastHeardMs.value = this.#around.clock() + this.live.clockOffsetMs
    const mended =
      message.t === 'status' && message.database === 'ok' && this.loadProblem.value !== undefined && !this.#load.busy
    if (change.reload || mended) void this.load(this.#askedToLoad)
    if (change.rules) this.#reloadRules()
    if (change.gone.length > 0) {
      this.#events.onGone(change.gone)
      // What only a list can give of them leaves the screen as well.
      void this.load(true)
    }
    if (change.roster) this.versions.roster.value++
    if (change.positions) this.versions.positionsChanged()
    if (!this.#placed && this.live.bracelets.size > 0) {
      this.#placed = true
      this.#events.onPlaced()
    }
    if (change.incidents) this.versions.incidents.value++
    if (message.t === 'status') this.versions.status.value++
    if (message.t === 'bye' && message.reason !== 'too_slow') {
      this.#session.expire(message.reason === 'expired')
      // Ended for good, were it that the officer has left.
      void this.#session.check()
    }
    this.#events.onNews(change.alerts)
  }

  #noteLink(link: FeedLink): void {
    if (link === 'open' || link === 'idle') this.#awaySinceMs.value = undefined
    else this.#awaySinceMs.value ??= this.#around.clock() + this.live.clockOffsetMs
    this.link.value = link
    if (link === 'away') this.#loadWithoutFeed()
  }
}
