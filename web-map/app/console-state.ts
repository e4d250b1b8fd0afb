import { computed, effect, signal } from '@preact/signals'
import type { WearerSummary } from '../../model/console/console.ts'
import { isDeskPage, type PageHistory, QUERY, Router } from '../address/router.ts'
import { Alerts } from '../alerts/alerts.ts'
import { Explaining } from '../explanation/explaining.ts'
import { cornersOfJudged, judgedOverlay } from '../explanation/judged-on-map.ts'
import { Desk, type DeskAround } from '../feed/desk.ts'
import { t } from '../i18n/language.ts'
import { MapState } from '../map/map-state.ts'
import type { Preferences } from '../session/preferences.ts'
import { Session } from '../session/session.ts'
import { SessionEnd } from '../session/session-end.ts'
import type { AlarmSound } from '../sound/alarm-sound.ts'
import { Trial } from '../trial/trial.ts'
import { cornersOfTrial, trialOverlay } from '../trial/trial-on-map.ts'
import { FindOnServer } from '../wearer/find-on-server.ts'
import { Minutes } from '../wearer/minutes.ts'
import { WearerFile } from '../wearer/wearer-file.ts'
import { followAddress } from './follow-address.ts'
import { OverseenUnits } from './overseen-units.ts'

/** What the console needs from the browser. */
type Surroundings = DeskAround & { sound: AlarmSound; preferences: Preferences; history: PageHistory }

/** Space kept free at the top of the map for its controls. */
const CONTROLS_PX = 112
const ZOOM_MAX = 17

/** The rooms of the console, and the events between them. */
export class ConsoleState {
  readonly api: DeskAround['api']
  readonly session: Session
  readonly sessionEnd: SessionEnd
  readonly preferences: Preferences
  readonly router: Router
  readonly desk: Desk
  readonly alerts: Alerts
  readonly map: MapState
  readonly file: WearerFile
  readonly minutes: Minutes
  readonly explaining: Explaining
  readonly trial: Trial
  readonly finding: FindOnServer
  readonly overseen: OverseenUnits
  /** A notice, shown until the officer has read it. */
  readonly notice = signal<string | undefined>(undefined)
  /** The explanation that the map shows, and what had moved the map by then. */
  #shown: { fixes: readonly unknown[]; viewRequest: unknown; handCount: number } | undefined

  constructor(around: Surroundings) {
    const { api, sound, preferences } = around
    this.router = new Router(around.history)
    this.preferences = preferences
    this.api = api
    this.session = new Session(
      api,
      around.after,
      (sameOfficer) => this.#begin(sameOfficer),
      (unasked) => this.#pause(unasked),
    )
    this.sessionEnd = new SessionEnd(sound)
    this.desk = new Desk(around, this.session, {
      onNews: (news) => this.alerts.arrive(news),
      onGone: (gone) => this.#forgetWearers(gone),
      onRulesChanged: () => {
        if (this.file.detail.value) void this.file.load()
      },
      onPlaced: () => this.#afterPlaced(),
    })
    this.alerts = new Alerts(around, this.desk, this.session, this.router)
    this.map = new MapState(this.desk)
    this.file = new WearerFile(api, {
      onUnauthorized: () => this.session.expire(),
      asksReason: (id) => this.desk.hidesPersons && !this.desk.opened.peek().has(id),
    })
    this.minutes = new Minutes(api, this.file)
    this.explaining = new Explaining(api, this.file)
    this.trial = new Trial(api, this.file, () => this.desk.zones.value)
    this.finding = new FindOnServer(api, around.after, () => this.session.expire())
    this.overseen = new OverseenUnits(api, around.after, () => this.session.expire())
    effect(() => this.#showJudged())
    effect(() => this.#showOnMap(cornersOfTrial(this.trial)))
    effect(() => this.#noteOpened())
    this.#keepMapInAddress()
    followAddress(this)
  }

  /** Called every second. */
  tick(): void {
    this.desk.tick()
    this.alerts.tick()
    this.sessionEnd.remind(this.desk.nowMs.value)
  }

  /** Whose file is open, as far as is known of them. */
  readonly chosenWearer = computed<WearerSummary | undefined>(() => {
    const id = this.file.selectedId.value
    this.desk.versions.roster.value
    if (id === undefined || this.file.detail.value) return this.file.detail.value
    for (const wearer of this.desk.live.wearers.values()) if (wearer.id === id) return wearer
    return undefined
  })

  /** The zone that the explanation on screen is about. */
  readonly explainedZoneId = computed(() => {
    const conditionId = this.explaining.answer.value?.incident.conditionId
    return this.file.detail.value?.conditions.find(({ id }) => id === conditionId)?.zoneId
  })

  /** What the rooms lay on the map. */
  readonly onMap = {
    selected: () => this.chosenWearer.value,
    track: () => this.file.track.value,
    emphasis: () => {
      const zoneId = this.explainedZoneId.value
      if (zoneId !== undefined) return new Set([zoneId])
      const detail = this.file.detail.value
      return detail && new Set(detail.conditions.map((condition) => condition.zoneId))
    },
    overlays: () => [judgedOverlay(this.explaining), trialOverlay(this.trial)].filter((one) => one !== undefined),
    choosesPlace: () => this.trial.newZone.value !== undefined,
  }

  nameOf(wearer: WearerSummary): string {
    return this.desk.nameOf(wearer)
  }

  /** From a page to the one that it belongs to, from there to the control room. */
  stepBack(): void {
    const { router } = this
    const address = router.address.value
    if (address?.page === 'incident') router.go(address.why ? { ...address, why: false } : { page: 'control-room' })
    else if (address?.page === 'trial') router.go({ page: 'wearer', id: address.id, tab: 'ketentuan' })
    else if (address?.page === 'wearer') router.go({ page: 'control-room' })
  }

  /** Once the zone of its condition is known the map shows more, unless it has been moved meanwhile. */
  #showJudged(): void {
    const { map, explaining } = this
    const fixes = explaining.fixes.value
    const zone = map.zones.peek().find(({ id }) => id === this.explainedZoneId.value)
    const shown = this.#shown
    if (shown?.fixes === fixes && (shown.viewRequest !== map.viewRequest.peek() || shown.handCount !== map.handCount))
      return
    this.#showOnMap(cornersOfJudged(explaining, zone))
    this.#shown = { fixes, viewRequest: map.viewRequest.peek(), handCount: map.handCount }
  }

  /** Officers who have opened a file, with a reason where one is required, may read the name. */
  #noteOpened(): void {
    const id = this.file.detail.value?.id
    const { opened } = this.desk
    if (id !== undefined && !opened.peek().has(id)) opened.value = new Set([...opened.peek(), id])
  }

  #showOnMap(corners: ReturnType<typeof cornersOfTrial>): void {
    if (corners && !this.router.arrivedWithView)
      this.map.viewRequest.value = { kind: 'corners', corners, zoomMax: ZOOM_MAX, headPx: CONTROLS_PX }
  }

  #begin(sameOfficer: boolean): void {
    this.sessionEnd.over()
    if (!sameOfficer) this.#forgetAll()
    this.alerts.alarm.begin()
    this.desk.begin(sameOfficer)
  }

  #pause(unasked: boolean): void {
    this.desk.pause()
    this.sessionEnd.over()
    const phase = this.session.phase.value
    if (phase === 'expired') this.sessionEnd.begin(this.desk.nowMs.value, unasked)
    if (phase === 'signedOut') this.#forgetAll()
  }

  #forgetAll(): void {
    this.desk.forget()
    this.alerts.forget()
    this.notice.value = this.map.viewRequest.value = undefined
    this.file.close()
    this.finding.query.value = ''
  }

  /** Access to them has ended: what names them leaves the screen. */
  #forgetWearers(gone: readonly WearerSummary[]): void {
    this.alerts.forgetWearers(gone)
    if (!gone.some(({ id }) => id === this.file.selectedId.value)) return
    this.file.close()
    this.router.go({ page: 'control-room' })
    this.notice.value = t('notice.accessEnded')
  }

  /** A link may have asked for a klien before it was known where anybody is. */
  #afterPlaced(): void {
    const asked = this.map.viewRequest.value
    if (this.router.arrivedWithView) return
    if (asked?.kind === 'wearer') this.map.viewRequest.value = { ...asked }
    else if (asked === undefined || asked.kind === 'fit') this.map.viewRequest.value = { kind: 'fit' }
  }

  /** The address holds the map's place, so that a reload and the way back restore it. */
  #keepMapInAddress(): void {
    const { router, map } = this
    effect(() => {
      const view = router.query.value.get(QUERY.mapView)
      if (view !== undefined && view !== map.view.peek()) map.viewRequest.value = { kind: 'view', view }
    })
    effect(() => {
      const view = map.view.value
      if (view !== undefined && isDeskPage(router.address.peek())) router.setQuery({ [QUERY.mapView]: view })
    })
  }
}
