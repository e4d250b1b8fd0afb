import { computed, signal } from '@preact/signals'
import type { ActRequest, IncidentView, WearerSummary } from '../../model/console/console.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { QUERY, type Router } from '../address/router.ts'
import { applyAct, applyIncident } from '../feed/apply-live.ts'
import type { Desk } from '../feed/desk.ts'
import { incidentById, listClosed, listOpen } from '../feed/live-state.ts'
import type { Preferences } from '../session/preferences.ts'
import { type Api, ApiFailure, failureWords } from '../session/request.ts'
import type { Session } from '../session/session.ts'
import type { AlarmSound } from '../sound/alarm-sound.ts'
import { Alarm } from './alarm.ts'
import { Arrivals } from './arrivals.ts'
import { filterOf, passes } from './queue-filter.ts'
import { type QueueRow, queueRows } from './queue-rows.ts'

type ActAction = 'acknowledge' | 'note' | 'escalate' | 'resolve'
/** The form for acts on incidents of one cause, as they were when it was opened. */
export type ActQuestion = { action: Exclude<ActAction, 'acknowledge'>; incidents: readonly IncidentView[] }

/** What the parts of this room work with. */
export type AlertsRoom = { session: Session; desk: Desk; router: Router; alerts: Alerts }

type AlertsAround = { api: Api; sound: AlarmSound; preferences: Preferences }

const ACTS_AT_ONCE = 4

/** The alerts on screen, what is chosen of them and what is done to them. */
export class Alerts {
  readonly arrivals: Arrivals
  readonly alarm: Alarm
  /** The incident whose page is open. */
  readonly selectedId = signal<string | undefined>(undefined)
  /** Why the page of that incident has nothing to show. */
  readonly bringProblem = signal<string | undefined>(undefined)
  readonly question = signal<ActQuestion | undefined>(undefined)
  /** The row that the keyboard is on, by its key. */
  readonly cursor = signal<string | undefined>(undefined)
  /** Rows chosen for one act on all of them; undefined while none are being chosen. */
  readonly picked = signal<ReadonlySet<string> | undefined>(undefined)
  readonly actProblem = signal<string | undefined>(undefined)
  /** Incidents of which an act is under way. */
  readonly busy = signal<ReadonlySet<string>>(new Set())
  #api: Api
  #desk: Desk
  #session: Session
  #router: Router

  constructor(around: AlertsAround, desk: Desk, session: Session, router: Router) {
    this.#api = around.api
    this.#desk = desk
    this.#session = session
    this.#router = router
    this.arrivals = new Arrivals((incident) => desk.ownerOf(incident))
    this.alarm = new Alarm(around.sound, around.preferences)
  }

  readonly open = computed(() => {
    this.#desk.versions.incidents.value
    return listOpen(this.#desk.live)
  })

  readonly closed = computed(() => {
    this.#desk.versions.incidents.value
    return listClosed(this.#desk.live)
  })

  readonly untakenCount = computed(
    () => this.open.value.filter((incident) => stageOf(incident) === 'new' && !incident.withdrawn).length,
  )

  readonly filter = computed(() => filterOf(this.#router.query.value))

  /** Open incidents that pass the filter, as rows. */
  readonly rows = computed<QueueRow[]>(() => queueRows(this.#wanted(this.open.value)))

  /** What is over and passes the filter. */
  readonly closedWanted = computed(() => this.#wanted(this.closed.value))

  /** The row of the incident whose page is open, else the one that the keyboard is on. */
  readonly currentRow = computed<QueueRow | undefined>(() => {
    const rows = this.rows.value
    const selected = rows.find(({ incidents }) => incidents.some((one) => this.isSelected(one)))
    return rows.find(({ key }) => key === this.cursor.value) ?? selected
  })

  /** Its page is open, also where the address names an incident that it continues. */
  isSelected(incident: IncidentView): boolean {
    const id = this.selectedId.value
    return id !== undefined && (id === incident.id || incidentById(this.#desk.live, id)?.id === incident.id)
  }

  /** Alerts that the officer has not seen yet. */
  arrive(news: readonly IncidentView[]): void {
    const nowMs = this.#desk.nowMs.value
    this.arrivals.take(news, nowMs)
    this.alarm.arrived(news, nowMs)
  }

  tick(): void {
    this.alarm.remind(this.#desk.live.incidents.values(), this.#desk.isLost.value, this.#desk.nowMs.value)
  }

  /** Takes in an incident that was asked for by itself. */
  learn(incident: IncidentView): void {
    applyIncident(this.#desk.live, incident)
    this.#desk.versions.incidents.value++
  }

  /** The incident with this id, asked for where this screen does not know it. What the server says instead is on screen. */
  async bring(incidentId: string): Promise<IncidentView | undefined> {
    const { live } = this.#desk
    this.selectedId.value = incidentId
    this.bringProblem.value = undefined
    const known = incidentById(live, incidentId)
    if (known) return known
    const problem = await this.#refusalOf(async () => {
      const incident = await this.#api.incident(incidentId)
      const newest = incident.continuedBy === undefined ? incident : await this.#api.incident(incident.continuedBy)
      if (live === this.#desk.live) for (const one of new Set([incident, newest])) this.learn(one)
    })
    if (this.selectedId.value !== incidentId || live !== this.#desk.live) return undefined
    this.bringProblem.value = problem
    return incidentById(live, incidentId)
  }

  /** Takes incidents; what the server refused is on screen. */
  async take(incidents: readonly IncidentView[]): Promise<void> {
    const refusals = await this.actOn(incidents, ({ revision }) => ({ action: 'acknowledge', revision }))
    this.actProblem.value = refusals[0]
  }

  /** Acts on each; gives the sentences of those that were refused. */
  async actOn(
    incidents: readonly IncidentView[],
    requestOf: (incident: IncidentView) => ActRequest,
  ): Promise<string[]> {
    const waiting = [...incidents]
    const refusals: string[] = []
    this.busy.value = new Set([...this.busy.value, ...waiting.map(({ id }) => id)])
    const work = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const { id } = one
        const refusal = await this.act(id, requestOf(one))
        if (refusal !== undefined) refusals.push(refusal)
        this.busy.value = new Set([...this.busy.value].filter((busy) => busy !== id))
      }
    }
    await Promise.all(Array.from({ length: ACTS_AT_ONCE }, work))
    return refusals
  }

  /** Records an officer's act. Gives the sentence of a refusal, or undefined when it is done. */
  act(incidentId: string, request: ActRequest): Promise<string | undefined> {
    return this.#refusalOf(async () => {
      applyAct(this.#desk.live, await this.#api.act(incidentId, request))
      this.#desk.versions.incidents.value++
    })
  }

  /** The last ones that are over, of everyone in sight or of one wearer. */
  loadClosed(wearerId?: string): Promise<string | undefined> {
    return this.#refusalOf(async () => {
      for (const incident of await this.#api.closedIncidents(wearerId)) applyIncident(this.#desk.live, incident)
      this.#desk.versions.incidents.value++
    })
  }

  ask(action: ActQuestion['action'], incidents: readonly IncidentView[]): void {
    if (incidents.length > 0) this.question.value = { action, incidents }
  }

  forget(): void {
    this.arrivals.announcement.value = ''
    this.question.value = this.selectedId.value = this.cursor.value = this.picked.value = undefined
    this.actProblem.value = this.bringProblem.value = undefined
  }

  /** Access to them has ended: no form is about them, no sentence names them. */
  forgetWearers(gone: readonly WearerSummary[]): void {
    this.arrivals.announcement.value = ''
    const asked = this.question.value?.incidents
    if (asked?.some(({ wearer }) => gone.some(({ id }) => id === wearer?.id))) this.question.value = undefined
  }

  showOver(over: boolean): void {
    this.#router.setQuery({ [QUERY.shown]: over ? 'selesai' : undefined })
  }

  #wanted(incidents: readonly IncidentView[]): IncidentView[] {
    const filter = this.filter.value
    this.#desk.versions.roster.value
    const { wearers } = this.#desk.live
    const officerName = this.#session.me.value?.name
    const context = { officerName, pkNameOf: (n: number) => wearers.get(n)?.pkName }
    return incidents.filter((incident) => passes(incident, filter, context))
  }

  async #refusalOf(work: () => Promise<void>): Promise<string | undefined> {
    try {
      await work()
      return undefined
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.status === 401) this.#session.expire()
      if (failure instanceof ApiFailure && failure.details.standing) {
        // A colleague's finding that the feed has not sent yet.
        applyAct(this.#desk.live, failure.details.standing as IncidentAct)
        this.#desk.versions.incidents.value++
      }
      return failureWords(failure)
    }
  }
}
