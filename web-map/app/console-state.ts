import { computed, type Signal, signal } from '@preact/signals'
import type {
  ActRequest,
  IncidentView,
  LiveMessage,
  MapSettings,
  UnitView,
  WearerSummary,
  ZoneView,
} from '../../model/console/console.ts'
import type { AlarmSound } from '../alerts/alarm-sound.ts'
import { Arrivals } from '../alerts/arrivals.ts'
import { followLink, type PageAddress } from '../alerts/follow-link.ts'
import { stageOf } from '../alerts/incident-order.ts'
import { Explaining } from '../explanation/explaining.ts'
import { type FeedLink, type FeedSocket, LiveFeed } from '../feed/feed.ts'
import {
  applyAct,
  applyIncident,
  applyLive,
  emptyLiveState,
  listClosed,
  listOpen,
  setRoster,
} from '../feed/live-state.ts'
import { troublesOf } from '../feed/trouble.ts'
import { t } from '../i18n/language.ts'
import { Trial } from '../trial/trial.ts'
import { Minutes } from '../wearer/minutes.ts'
import { WearerFile } from '../wearer/wearer-file.ts'
import { DeskLoad } from './desk-load.ts'
import type { Preferences } from './preferences.ts'
import { type Api, ApiFailure, failureWords } from './request.ts'
import { Session } from './session.ts'
import { SessionEnd } from './session-end.ts'

/** What the console takes from the browser. */
export type Surroundings = {
  api: Api
  openSocket(cursor: string | undefined): FeedSocket
  clock(): number
  random(): number
  after(delayMs: number, act: () => void): () => void
  sound: AlarmSound
  preferences: Preferences
  address: PageAddress
}

/** How long the feed may take to say hello, and to tell who is in sight, before REST is asked. */
const HELLO_PATIENCE_MS = 2000
const ROSTER_PATIENCE_MS = 6000
const LISTS_EVERY_MS = 250
/** Every console hears of changed rules at once; they ask for them over so long. */
const RULES_SPREAD_MS = 3000

/** What the officer is about to say of an incident, as it stood when the form was opened. */
export type ActQuestion = { action: 'note' | 'escalate' | 'resolve'; incident: IncidentView }

/** Where the map should go; a new object each time, so that asking twice moves twice. */
export type MapErrand =
  | { kind: 'wearer'; n: number }
  | { kind: 'place'; latDeg: number; lonDeg: number }
  | { kind: 'fit' }

/** Everything on screen. Live data is kept in plain maps; the `…Version` signals say when to look again. */
export class ConsoleState {
  readonly session: Session
  readonly file: WearerFile
  readonly explaining: Explaining
  readonly minutes: Minutes
  readonly trial: Trial
  readonly arrivals: Arrivals
  readonly sessionEnd: SessionEnd
  readonly preferences: Preferences
  live = emptyLiveState()
  readonly rosterVersion = signal(0)
  /** For the map, which paints once a frame. */
  readonly positionsVersion = signal(0)
  /** The same for lists and counts, which go through all wearers: some times a second. */
  readonly listsVersion = signal(0)
  readonly incidentsVersion = signal(0)
  readonly units: Signal<UnitView[]>
  readonly zones: Signal<ZoneView[]>
  readonly mapSettings: Signal<MapSettings>
  readonly nowMs = signal(0)
  readonly link = signal<FeedLink>('idle')
  readonly loadProblem: Signal<string | undefined>
  /** Said once, until the officer has read it. */
  readonly notice = signal<string | undefined>(undefined)
  readonly selectedIncidentId = signal<string | undefined>(undefined)
  readonly question = signal<ActQuestion | undefined>(undefined)
  readonly errand = signal<MapErrand | undefined>(undefined)
  /** The incident that the list should bring into view; a new object each time. */
  readonly listErrand = signal<{ incidentId: string } | undefined>(undefined)
  readonly unitPath = signal('')
  /** Where the map is. */
  readonly mapCentre = signal<{ latDeg: number; lonDeg: number } | undefined>(undefined)
  #lastHeardMs = signal<number | undefined>(undefined)
  #awaySinceMs = signal<number | undefined>(undefined)
  #statusVersion = signal(0)
  #around: Surroundings
  #feed: LiveFeed
  #desk: DeskLoad
  /** Since this officer signed in. */
  #askedToLoad = false
  #fitPending = false
  /** Followed before the list was there, among which its alert will stand somewhere else. */
  #linkedId: string | undefined
  #rulesPending = false
  #listsRest = false
  #listsBehind = false

  constructor(around: Surroundings) {
    this.#around = around
    this.preferences = around.preferences
    this.nowMs.value = around.clock()
    this.session = new Session(
      around.api,
      around.after,
      (sameOfficer) => this.#begin(sameOfficer),
      (unasked) => this.#pause(unasked),
    )
    this.#desk = new DeskLoad({
      api: around.api,
      live: () => this.live,
      onNews: (live, news) => live === this.live && this.arrivals.take(news, this.nowMs.value),
      onLoaded: () => this.#afterLoad(),
      onUnauthorized: () => this.session.expire(),
    })
    this.units = this.#desk.units
    this.zones = this.#desk.zones
    this.mapSettings = this.#desk.mapSettings
    this.loadProblem = this.#desk.problem
    this.file = new WearerFile(around.api, () => this.session.expire())
    this.explaining = new Explaining(around.api, this.file)
    this.minutes = new Minutes(around.api, this.file)
    this.trial = new Trial(around.api, this.file, () => this.zones.value)
    this.sessionEnd = new SessionEnd(around.sound)
    this.arrivals = new Arrivals(around.sound, () => around.preferences.muteInformation.value)
    this.#feed = new LiveFeed({
      openSocket: around.openSocket,
      random: around.random,
      after: around.after,
      onMessage: (message) => this.#take(message),
      onLink: (link) => this.#noteLink(link),
      onRefused: () => void this.session.check(),
    })
  }

  /** Server time by this machine's clock and the offset that the feed tells; called every second. */
  tick(): void {
    this.nowMs.value = this.#around.clock() + this.live.clockOffsetMs
    this.arrivals.remind(this.live.incidents.values(), this.nowMs.value)
    this.sessionEnd.remind(this.nowMs.value)
  }

  readonly openIncidents = computed(() => {
    this.incidentsVersion.value
    return listOpen(this.live)
  })

  readonly closedIncidents = computed(() => {
    this.incidentsVersion.value
    return listClosed(this.live)
  })

  readonly untakenCount = computed(
    () => this.openIncidents.value.filter((incident) => stageOf(incident) === 'new' && !incident.withdrawn).length,
  )

  readonly troubles = computed(() => {
    this.#statusVersion.value
    const { status, wearers } = this.live
    const away = this.#awaySinceMs.value
    return troublesOf(this.link.value, away, this.#lastHeardMs.value, status, wearers.size, this.nowMs.value)
  })

  /** The zone that the explanation on screen is about. */
  readonly explainedZoneId = computed(() => {
    const conditionId = this.explaining.answer.value?.incident.conditionId
    return this.file.detail.value?.conditions.find(({ id }) => id === conditionId)?.zoneId
  })

  timeZoneOf(unitPath: string): string {
    const holds = (unit: UnitView) => unitPath === unit.path || unitPath.startsWith(`${unit.path}.`)
    const units = this.units.value.filter(holds).sort((a, b) => b.path.length - a.path.length)
    return units[0]?.timeZone ?? this.session.me.value?.timeZone ?? 'Asia/Jakarta'
  }

  unitName(unitPath: string): string {
    return this.units.value.find((unit) => unit.path === unitPath)?.name ?? unitPath
  }

  /** Opens the wearer's panel and takes the map there. */
  openWearer(wearer: { id: string; n: number }, incident?: IncidentView): void {
    this.file.open(wearer.id)
    this.selectedIncidentId.value = incident?.id
    const place = incident?.evidence.findLast((one) => one.latE7 !== undefined && one.lonE7 !== undefined)
    this.errand.value = place
      ? { kind: 'place', latDeg: place.latE7! / 1e7, lonDeg: place.lonE7! / 1e7 }
      : { kind: 'wearer', n: wearer.n }
  }

  /** Opens the wearer's panel at the explanation of one of their incidents. */
  async explain(incident: IncidentView): Promise<void> {
    if (incident.wearer === undefined) return
    this.openWearer(incident.wearer, incident)
    await this.explaining.open(incident.id, this.nowMs.value)
  }

  /** From a page of the panel to the wearer's file, from there to the map alone. */
  stepBack(): void {
    if (this.file.page.value === 'file') this.closeWearer()
    else this.file.turnTo('file')
  }

  closeWearer(): void {
    this.file.close()
    this.selectedIncidentId.value = undefined
  }

  /** Records an officer's act. Gives the sentence of a refusal, or undefined when it is done. */
  async act(incidentId: string, request: ActRequest): Promise<string | undefined> {
    try {
      applyAct(this.live, await this.#around.api.act(incidentId, request))
      this.incidentsVersion.value++
      return undefined
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.status === 401) this.session.expire()
      return failureWords(failure)
    }
  }

  async loadClosed(): Promise<string | undefined> {
    try {
      for (const incident of await this.#around.api.closedIncidents()) applyIncident(this.live, incident)
      this.incidentsVersion.value++
      return undefined
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.status === 401) this.session.expire()
      return failureWords(failure)
    }
  }

  /** Loads anew what comes over REST. @param missed alerts that came while this screen was away are announced */
  load(missed = false): Promise<void> {
    this.#askedToLoad = true
    return this.#desk.run({ parts: 'all', missed })
  }

  networkIsBack(): void {
    this.#feed.hurry()
  }

  #begin(sameOfficer: boolean): void {
    this.sessionEnd.over()
    if (!sameOfficer) {
      this.#forgetAll()
      this.#lastHeardMs.value = undefined
      this.#fitPending = true
      this.#askedToLoad = false
    }
    this.#feed.start()
    // What is listed before the feed has said hello has to be listed again: between the two an alert could be missed.
    if (sameOfficer) void this.load(true)
    else this.#around.after(HELLO_PATIENCE_MS, () => this.#loadWithoutFeed())
    this.#around.after(ROSTER_PATIENCE_MS, () => void this.#loadWearers())
    void this.#followLink()
  }

  /** Whoever comes from a notice finds its alert in the list, with the klien's file open. */
  async #followLink(): Promise<void> {
    const { live } = this
    const found = await followLink(this.#around.api, this.#around.address)
    if (found === undefined || live !== this.live) return
    if ('problem' in found) {
      this.notice.value = found.problem
      return
    }
    const { incident } = found
    applyIncident(live, incident)
    this.incidentsVersion.value++
    if (incident.wearer) this.openWearer(incident.wearer, incident)
    this.selectedIncidentId.value = incident.id
    this.listErrand.value = { incidentId: incident.id }
    this.#linkedId = incident.id
  }

  #afterLoad(): void {
    this.rosterVersion.value++
    this.incidentsVersion.value++
    const incidentId = this.#linkedId
    this.#linkedId = undefined
    if (incidentId && incidentId === this.selectedIncidentId.value) this.listErrand.value = { incidentId }
  }

  #loadWithoutFeed(): void {
    if (!this.#askedToLoad && this.session.phase.value === 'active') void this.load()
  }

  /** The feed tells the roster; while there is no feed the list of wearers comes over REST. */
  async #loadWearers(): Promise<void> {
    if (this.live.wearers.size > 0 || this.session.phase.value !== 'active') return
    try {
      setRoster(this.live, await this.#around.api.wearers())
      this.rosterVersion.value++
    } catch (failure) {
      this.loadProblem.value = failureWords(failure)
    }
  }

  #forgetAll(): void {
    this.live = emptyLiveState()
    this.#desk.forget()
    this.#feed.forgetCursor()
    this.arrivals.announcement.value = ''
    this.notice.value = this.question.value = this.errand.value = undefined
    this.closeWearer()
  }

  /** Access to them has ended: what names them leaves the screen, also what only a list can tell. */
  #forgetWearers(gone: readonly WearerSummary[]): void {
    this.arrivals.announcement.value = ''
    const asked = this.question.value?.incident.wearer?.id
    if (gone.some(({ id }) => id === asked)) this.question.value = undefined
    if (gone.some(({ id }) => id === this.file.selectedId.value)) {
      this.closeWearer()
      this.notice.value = t('notice.accessEnded')
    }
    void this.load(true)
  }

  /** Changed zones onto the map, changed conditions into the open file. */
  #reloadRules(): void {
    if (this.#rulesPending) return
    this.#rulesPending = true
    this.#around.after(this.#around.random() * RULES_SPREAD_MS, () => {
      this.#rulesPending = false
      if (this.session.phase.value !== 'active') return
      void this.#desk.run({ parts: 'zones', missed: false })
      if (this.file.detail.value) void this.file.load()
    })
  }

  #pause(unasked: boolean): void {
    this.#feed.stop()
    this.sessionEnd.over()
    if (this.session.phase.value === 'expired') this.sessionEnd.begin(this.nowMs.value, unasked)
    if (this.session.phase.value === 'signedOut') {
      this.#forgetAll()
      this.rosterVersion.value++
      this.#positionsChanged()
      this.incidentsVersion.value++
    }
  }

  #positionsChanged(): void {
    this.positionsVersion.value++
    this.#listsBehind = true
    if (!this.#listsRest) this.#tellLists()
  }

  #tellLists(): void {
    this.#listsRest = this.#listsBehind
    if (!this.#listsBehind) return
    this.#listsBehind = false
    this.listsVersion.value++
    this.#around.after(LISTS_EVERY_MS, () => this.#tellLists())
  }

  #take(message: LiveMessage): void {
    const change = applyLive(this.live, message, this.#around.clock())
    this.#lastHeardMs.value = this.#around.clock() + this.live.clockOffsetMs
    const mended =
      message.t === 'status' && message.database === 'ok' && this.loadProblem.value !== undefined && !this.#desk.busy
    if (change.reload || mended) void this.load(this.#askedToLoad)
    if (change.rules) this.#reloadRules()
    if (change.gone.length > 0) this.#forgetWearers(change.gone)
    if (change.roster) this.rosterVersion.value++
    if (change.positions) this.#positionsChanged()
    if (this.#fitPending && this.live.bracelets.size > 0) {
      this.#fitPending = false
      // A link may have asked for a klien before it was known where anybody is.
      const asked = this.errand.value
      if (asked?.kind === 'wearer') this.errand.value = { ...asked }
      else if (asked?.kind !== 'place') this.errand.value = { kind: 'fit' }
    }
    if (change.incidents) this.incidentsVersion.value++
    if (message.t === 'status') this.#statusVersion.value++
    if (message.t === 'bye' && message.reason !== 'too_slow') {
      this.session.expire(message.reason === 'expired')
      // Ended for good, were it that the officer has left.
      void this.session.check()
    }
    this.arrivals.take(change.alerts, this.nowMs.value)
  }

  #noteLink(link: FeedLink): void {
    if (link === 'open' || link === 'idle') this.#awaySinceMs.value = undefined
    else this.#awaySinceMs.value ??= this.#around.clock() + this.live.clockOffsetMs
    this.link.value = link
    if (link === 'away') this.#loadWithoutFeed()
  }
}
