import { computed, effect, signal } from '@preact/signals'
import type { IncidentView, WearerSummary } from '../../model/console/console.ts'
import { Alerts } from '../alerts/alerts.ts'
import { followLink, type PageAddress } from '../alerts/follow-link.ts'
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
import { Minutes } from '../wearer/minutes.ts'
import { WearerFile } from '../wearer/wearer-file.ts'

/** What the console takes from the browser. */
type Surroundings = DeskAround & { sound: AlarmSound; preferences: Preferences; address: PageAddress }

/** What is kept free at the top of the map, where the controls lie. */
const CONTROLS_PX = 112
const ZOOM_MAX = 17

/** The rooms of the console, and what passes between them. */
export class ConsoleState {
  readonly session: Session
  readonly sessionEnd: SessionEnd
  readonly preferences: Preferences
  readonly desk: Desk
  readonly alerts: Alerts
  readonly map: MapState
  readonly file: WearerFile
  readonly minutes: Minutes
  readonly explaining: Explaining
  readonly trial: Trial
  /** Said once, until the officer has read it. */
  readonly notice = signal<string | undefined>(undefined)
  #around: Surroundings
  /** Followed before the list was there, among which its alert will stand somewhere else. */
  #linkedId: string | undefined
  /** The explanation that the map was taken to, and what had moved the map by then. */
  #shown: { fixes: readonly unknown[]; errand: unknown; handCount: number } | undefined

  constructor(around: Surroundings) {
    const { api, sound, preferences } = around
    this.#around = around
    this.preferences = preferences
    this.session = new Session(
      api,
      around.after,
      (sameOfficer) => this.#begin(sameOfficer),
      (unasked) => this.#pause(unasked),
    )
    this.sessionEnd = new SessionEnd(sound)
    this.desk = new Desk(around, this.session, {
      onNews: (news) => this.alerts.arrivals.take(news, this.desk.nowMs.value),
      onGone: (gone) => this.#forgetWearers(gone),
      onRulesChanged: () => {
        if (this.file.detail.value) void this.file.load()
      },
      onLoaded: () => this.#afterLoad(),
      onPlaced: () => this.#afterPlaced(),
    })
    this.alerts = new Alerts(api, this.desk, this.session, sound, () => preferences.muteInformation.value)
    this.map = new MapState(this.desk)
    this.file = new WearerFile(api, () => this.session.expire())
    this.minutes = new Minutes(api, this.file)
    this.explaining = new Explaining(api, this.file)
    this.trial = new Trial(api, this.file, () => this.desk.zones.value)
    effect(() => this.#showJudged())
    effect(() => this.#showOnMap(cornersOfTrial(this.trial)))
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

  /** Opens the wearer's panel and takes the map there. */
  openWearer(wearer: { id: string; n: number }, incident?: IncidentView): void {
    this.file.open(wearer.id)
    this.alerts.selectedId.value = incident?.id
    const place = incident?.evidence.findLast((one) => one.latE7 !== undefined && one.lonE7 !== undefined)
    this.map.errand.value = place
      ? { kind: 'place', latDeg: place.latE7! / 1e7, lonDeg: place.lonE7! / 1e7 }
      : { kind: 'wearer', n: wearer.n }
  }

  /** Opens the wearer's panel at the explanation of one of their incidents. */
  async explain(incident: IncidentView): Promise<void> {
    if (incident.wearer === undefined) return
    this.openWearer(incident.wearer, incident)
    await this.explaining.open(incident.id, this.desk.nowMs.value)
  }

  /** From a page of the panel to the wearer's file, from there to the map alone. */
  stepBack(): void {
    if (this.file.page.value === 'file') this.closeWearer()
    else this.file.turnTo('file')
  }

  closeWearer(): void {
    this.file.close()
    this.alerts.selectedId.value = undefined
  }

  /** Once the zone of its condition is known the map shows more, unless it has been moved meanwhile. */
  #showJudged(): void {
    const { map, explaining } = this
    const fixes = explaining.fixes.value
    const zone = map.zones.peek().find(({ id }) => id === this.explainedZoneId.value)
    const shown = this.#shown
    if (shown?.fixes === fixes && (shown.errand !== map.errand.peek() || shown.handCount !== map.handCount)) return
    this.#showOnMap(cornersOfJudged(explaining, zone))
    this.#shown = { fixes, errand: map.errand.peek(), handCount: map.handCount }
  }

  #showOnMap(corners: ReturnType<typeof cornersOfTrial>): void {
    if (corners) this.map.errand.value = { kind: 'corners', corners, zoomMax: ZOOM_MAX, headPx: CONTROLS_PX }
  }

  #begin(sameOfficer: boolean): void {
    this.sessionEnd.over()
    if (!sameOfficer) this.#forgetAll()
    this.desk.begin(sameOfficer)
    void this.#followLink()
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
    this.notice.value = this.map.errand.value = undefined
    this.file.close()
  }

  /** Access to them has ended: what names them leaves the screen. */
  #forgetWearers(gone: readonly WearerSummary[]): void {
    this.alerts.forgetWearers(gone)
    if (!gone.some(({ id }) => id === this.file.selectedId.value)) return
    this.closeWearer()
    this.notice.value = t('notice.accessEnded')
  }

  /** Whoever comes from a notice finds its alert in the list, with the klien's file open. */
  async #followLink(): Promise<void> {
    const { live } = this.desk
    const found = await followLink(this.#around.api, this.#around.address)
    if (found === undefined || live !== this.desk.live) return
    if ('problem' in found) {
      this.notice.value = found.problem
      return
    }
    const { incident } = found
    this.alerts.learn(incident)
    if (incident.wearer) this.openWearer(incident.wearer, incident)
    this.alerts.selectedId.value = incident.id
    this.alerts.listErrand.value = { incidentId: incident.id }
    this.#linkedId = incident.id
  }

  #afterLoad(): void {
    const incidentId = this.#linkedId
    this.#linkedId = undefined
    if (incidentId && incidentId === this.alerts.selectedId.value) this.alerts.listErrand.value = { incidentId }
  }

  /** A link may have asked for a klien before it was known where anybody is. */
  #afterPlaced(): void {
    const asked = this.map.errand.value
    if (asked?.kind === 'wearer') this.map.errand.value = { ...asked }
    else if (asked === undefined || asked.kind === 'fit') this.map.errand.value = { kind: 'fit' }
  }
}
