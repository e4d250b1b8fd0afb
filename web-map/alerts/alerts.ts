import { computed, signal } from '@preact/signals'
import type { ActRequest, IncidentView, WearerSummary } from '../../model/console/console.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { applyAct, applyIncident } from '../feed/apply-live.ts'
import type { Desk } from '../feed/desk.ts'
import { listClosed, listOpen } from '../feed/live-state.ts'
import { type Api, ApiFailure, failureWords } from '../session/request.ts'
import type { Session } from '../session/session.ts'
import type { AlarmSound } from '../sound/alarm-sound.ts'
import { Arrivals } from './arrivals.ts'

/** What the officer is about to say of an incident, as it stood when the form was opened. */
export type ActQuestion = { action: 'note' | 'escalate' | 'resolve'; incident: IncidentView }

/** What the parts of this room work with. */
export type AlertsRoom = { session: Session; desk: Desk; alerts: Alerts }

/** The alerts on screen, what is chosen of them and what is done to them. */
export class Alerts {
  readonly arrivals: Arrivals
  readonly selectedId = signal<string | undefined>(undefined)
  readonly question = signal<ActQuestion | undefined>(undefined)
  /** The incident that the list should bring into view; a new object each time. */
  readonly listErrand = signal<{ incidentId: string } | undefined>(undefined)
  #api: Api
  #desk: Desk
  #session: Session

  constructor(api: Api, desk: Desk, session: Session, sound: AlarmSound, mutesInformation: () => boolean) {
    this.#api = api
    this.#desk = desk
    this.#session = session
    this.arrivals = new Arrivals(sound, mutesInformation)
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

  tick(): void {
    this.arrivals.remind(this.#desk.live.incidents.values(), this.#desk.nowMs.value)
  }

  /** Takes in an incident that was asked for by itself. */
  learn(incident: IncidentView): void {
    applyIncident(this.#desk.live, incident)
    this.#desk.versions.incidents.value++
  }

  /** Records an officer's act. Gives the sentence of a refusal, or undefined when it is done. */
  act(incidentId: string, request: ActRequest): Promise<string | undefined> {
    return this.#refusalOf(async () => {
      applyAct(this.#desk.live, await this.#api.act(incidentId, request))
      this.#desk.versions.incidents.value++
    })
  }

  loadClosed(): Promise<string | undefined> {
    return this.#refusalOf(async () => {
      for (const incident of await this.#api.closedIncidents()) applyIncident(this.#desk.live, incident)
      this.#desk.versions.incidents.value++
    })
  }

  forget(): void {
    this.arrivals.announcement.value = ''
    this.question.value = this.selectedId.value = undefined
  }

  /** Access to them has ended: no form is about them, no sentence names them. */
  forgetWearers(gone: readonly WearerSummary[]): void {
    this.arrivals.announcement.value = ''
    const asked = this.question.value?.incident.wearer?.id
    if (gone.some(({ id }) => id === asked)) this.question.value = undefined
  }

  async #refusalOf(work: () => Promise<void>): Promise<string | undefined> {
    try {
      await work()
      return undefined
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.status === 401) this.#session.expire()
      if (failure instanceof ApiFailure && failure.details.standing) {
        // A colleague's finding that the feed has not told yet.
        applyAct(this.#desk.live, failure.details.standing as IncidentAct)
        this.#desk.versions.incidents.value++
      }
      return failureWords(failure)
    }
  }
}
